//! The README's programs are the examples, which are compiled and run.

use std::fs;
use std::path::Path;

#[test]
fn every_program_of_the_readme_is_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let mut programs: Vec<&str> =
        readme.split("```ts\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(programs.len(), 9);
    for example in [
        "send.ts",
        "worker/src/echo.ts",
        "deno.ts",
        "node.ts",
        "listen.ts",
        "bun.ts",
        "browser.ts",
        "fake.test.ts",
        "onboarding.ts",
    ] {
        let text = fs::read_to_string(root.join("examples").join(example)).unwrap();
        // The first line says what it is.
        let (_, program) = text.split_once('\n').unwrap();
        let place = programs.iter().position(|shown| shown.trim() == program.trim());
        let place = place.unwrap_or_else(|| panic!("README.md shows another {example}:\n{program}"));
        programs.remove(place);
    }
}
