//! The build tool of this repository: `cargo xtask <command>`. It finds or installs what it needs, keeps its state under
//! `target/`, and takes nothing from outside the package registries.

#![expect(clippy::disallowed_methods, reason = "a build tool may look at the clock")]

mod build;
mod conformance;
mod context;
mod demo;
mod generate;
mod hash;
mod modules;
mod package;
mod run;
mod setup;
mod size;
mod test;

use std::process::ExitCode;

use context::Context;

/// What every command returns: a failure is one message for the reader.
type Outcome<T = ()> = Result<T, String>;

const USAGE: &str = "\
cargo xtask <command>

  demo                             the main job, start to end
  test [--no-browser] [--quick]    every check; the last line has the counts
  conformance [--vectors DIR]      the recorded answers of the reference SDK against the package
  generate                         the declarations that follow from tables in the source, and docs/
  build [--dev]                    the npm package, into pkg/
  size                             raw and gzip bytes of each module, against its budget
  setup                            the tools and npm packages (the other commands do this themselves)

  --no-browser  leaves out what needs Chromium (found by CHROME and CHROMEDRIVER, or in PATH)
  --quick       only what needs no package: format, lints, docs, native tests
  --dev         unoptimised, with names and debug assertions";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome<ExitCode> {
    let (command, rest) = arguments.split_first().ok_or(USAGE)?;
    let flags: Vec<&str> = rest.iter().map(String::as_str).collect();
    let allow = |known: &[&str]| match flags.iter().find(|flag| !known.contains(flag)) {
        Some(flag) => Err(format!("{command} knows no {flag}\n\n{USAGE}")),
        None => Ok(()),
    };
    let context = Context::find()?;
    match command.as_str() {
        "setup" => allow(&[]).and_then(|()| setup::for_tests(&context))?,
        "build" => {
            allow(&["--dev"])?;
            setup::for_build(&context)?;
            let profile =
                if flags.contains(&"--dev") { modules::Profile::Dev } else { modules::Profile::Release };
            build::build(&context, profile)?;
        }
        "size" => {
            allow(&[])?;
            setup::for_build(&context)?;
            build::build(&context, modules::Profile::Release)?;
            size::size(&context).map(|_| ())?;
        }
        "test" => {
            allow(&["--no-browser", "--quick"])?;
            return test::test(&context, !flags.contains(&"--no-browser"), flags.contains(&"--quick"));
        }
        "conformance" => {
            setup::for_build(&context)?;
            build::build(&context, modules::Profile::Release)?;
            conformance::conformance(&context, &flags)?;
        }
        "generate" => {
            allow(&[])?;
            generate::generate(&context)?;
        }
        "demo" => {
            setup::for_build(&context)?;
            build::build(&context, modules::Profile::Release)?;
            demo::demo(&context, &flags)?;
        }
        "help" | "--help" | "-h" => println!("{USAGE}"),
        other => return Err(format!("no command {other}\n\n{USAGE}")),
    }
    Ok(ExitCode::SUCCESS)
}
