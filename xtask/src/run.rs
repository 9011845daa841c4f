//! Running programs and telling the reader how long it took.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Outcome;

/// What a program printed: both streams, in that order.
pub struct Printed {
    pub text: String,
    pub ok: bool,
}

/// Runs to the end and keeps what was printed; fails only when the program cannot start.
pub fn capture(command: &mut Command) -> Outcome<Printed> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| cannot_start(command, &error))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Printed { text, ok: output.status.success() })
}

/// Runs to the end silently; a failure carries what was printed.
pub fn quiet(command: &mut Command) -> Outcome<String> {
    let printed = capture(command)?;
    if printed.ok { Ok(printed.text) } else { Err(format!("{} failed\n{}", name(command), printed.text)) }
}

/// Runs to the end with its output on the terminal.
pub fn loud(command: &mut Command) -> Outcome {
    let status = command.stdin(Stdio::null()).status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", name(command))) }
}

/// Does something slow, and prints one line with its name and time when it is done.
pub fn timed<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let start = Instant::now();
    let result = work()?;
    println!("{what:<44} {:>6.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} cannot be started: {error}", name(command))
}

fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    for argument in command.get_args().take(6) {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
