//! A selection of the corpus of bad input (`crates/pipelines/tests/corpus`), through the binary: the right exit code,
//! no panic, nothing written, and no call. The library's own tests cover the whole corpus.
use crate::harness::Harness;
use std::fs;

/// Nothing listens at this address: a call would not end as a refusal.
const DEAD: &str = "http://127.0.0.1:9";
/// The number of cases of each kind.
const SELECTED: usize = 18;

fn corpus(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/pipelines/tests/corpus");
    fs::read_to_string(format!("{folder}/{name}")).unwrap()
}

fn spread<T>(all: Vec<T>) -> impl Iterator<Item = T> {
    let every = all.len() / SELECTED;
    all.into_iter().step_by(every)
}

#[track_caller]
fn refused(harness: &Harness, args: &[&str], code: i32, says: &str) {
    let ran = harness.run_args(args).ends(code);
    let error = &ran.stderr;
    assert_eq!(ran.stdout, "", "{args:?}");
    assert!(error.contains(says) && error.starts_with("error: "), "{args:?}: {error}");
    for call in ["panicked", "whose credentials", "dispatch failure", "connect", "127.0.0.1"] {
        assert!(!error.contains(call), "{args:?}: {error}");
    }
}

#[test]
fn suffixes() {
    let lines = corpus("suffixes.txt");
    let lines = lines.lines().filter(|l| l.starts_with('"'));
    let texts = lines.map(|l| serde_json::from_str::<String>(l).unwrap());
    // An argument of a process cannot contain a NUL.
    let texts: Vec<String> = texts.filter(|t| !t.contains('\0')).collect();
    let harness = Harness::at(DEAD);
    let mut cases = 0;
    for (text, command) in spread(texts).zip(["up", "down", "plan", "status", "outputs"].into_iter().cycle()) {
        let suffix = format!("--suffix={text}");
        let yes = if ["up", "down"].contains(&command) { vec!["--yes"] } else { vec![] };
        refused(&harness, &[&[command, &suffix][..], &yes].concat(), 64, "invalid value");
        cases += 1;
    }
    assert_eq!(fs::read_dir(harness.here()).unwrap().count(), 0, "a file was written");
    println!("{cases} suffixes refused with 64");
}

#[test]
fn specs() {
    let text = corpus("specs.txt");
    let specs: Vec<_> = text.split("\n=== ").skip(1).map(|c| c.split_once('\n').unwrap_or((c, ""))).collect();
    let mut cases = 0;
    let commands = [&["up", "--yes", "--suffix=staging"][..], &["plan", "--suffix=staging"], &["graph"]];
    let harness = Harness::at(DEAD);
    for ((_, spec), command) in spread(specs).zip(commands.into_iter().cycle()) {
        harness.write("vidpipe.toml", spec);
        refused(&harness, command, 6, "vidpipe.toml:");
        cases += 1;
    }
    assert_eq!(fs::read_dir(harness.here()).unwrap().count(), 1, "a file was written");
    println!("{cases} specs refused with 6");
}
