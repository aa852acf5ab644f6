//! The hand-made corpus of bad input in `tests/corpus/`: every case is refused, with printable text. The exit codes are
//! tested in the binary's own tests.
use crate::{anything, load};
use proptest::prelude::*;
use vidpipe_pipelines::{
    spec::{Pipeline, template},
    suffix::Suffix,
};

const SUFFIXES: &str = include_str!("../corpus/suffixes.txt");
const SPECS: &str = include_str!("../corpus/specs.txt");

fn suffixes() -> impl Iterator<Item = String> {
    let lines = SUFFIXES.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}")))
}

/// The problem, and the text.
fn specs() -> impl Iterator<Item = (&'static str, &'static str)> {
    SPECS.split("\n=== ").skip(1).map(|case| case.split_once('\n').unwrap_or((case, "")))
}

#[test]
fn every_suffix_is_refused() {
    let mut cases = 0;
    for text in suffixes() {
        assert!(Suffix::parse(&text).is_err(), "taken: {text:?}");
        anything::suffix(text.as_bytes());
        cases += 1;
    }
    println!("{cases} suffixes refused");
    assert!(cases > 300);
}

#[test]
fn every_spec_is_refused() {
    let taken: Vec<_> = specs().filter(|(_, text)| load(text).is_ok()).collect();
    assert_eq!(taken, [], "taken");
    specs().for_each(|(_, text)| anything::spec(text.as_bytes()));
    println!("{} specs refused", specs().count());
    assert!(specs().count() > 400);
}

/// Values of every TOML type.
const VALUES: [(&str, &str); 10] = [
    ("boolean", "true"),
    ("integer", "5"),
    ("float", "5.5"),
    ("text", "\"five\""),
    ("text", "\"\""),
    ("date", "2026-01-01"),
    ("time", "2026-01-01T00:00:00Z"),
    ("list", "[[1]]"),
    ("list", "[true]"),
    ("table", "{ a = 1 }"),
];

fn type_of(value: &str) -> &'static str {
    match value.chars().next() {
        Some('"') => "text",
        Some('t' | 'f') => "boolean",
        Some('[') => "list",
        _ if value.contains('.') => "float",
        _ => "integer",
    }
}

/// Every setting of every pipeline, with a value of every type but its own.
#[test]
fn every_setting_refuses_every_other_type() {
    let cases: usize = Pipeline::ALL.into_iter().map(refuses_other_types).sum();
    println!("{cases} settings of another type refused");
    assert!(cases > 900);
}

fn refuses_other_types(pipeline: Pipeline) -> usize {
    let (head, mut section, mut cases) = (format!("pipeline = \"{pipeline}\"\n"), String::new(), 0);
    for line in template(pipeline).lines() {
        if line.starts_with('[') {
            section = format!("{line}\n");
        }
        let setting = line.strip_prefix('#').unwrap_or(line);
        let Some((key, default)) = setting.split_once(" = ").filter(|(key, _)| !key.contains(' ')) else { continue };
        // A rate may be an integer; list items are not covered here.
        let fits = |t: &str| t == type_of(default) && t != "list" || (t == "integer" && type_of(default) == "float");
        for (_, value) in VALUES.iter().filter(|(t, _)| !fits(t)) {
            let head = if key == "pipeline" { "" } else { head.as_str() };
            let text = format!("{head}{section}{key} = {value}\n");
            let errors = load(&text).expect_err(&text);
            assert_eq!(errors.problems().len(), 1, "{text}{errors}");
            assert!(errors.problems()[0].key.contains(key.trim_matches('"')), "{text}{errors}");
            cases += 1;
        }
    }
    cases
}

proptest! {
    #[test]
    fn any_bytes_may_be_a_spec_or_a_suffix(bytes in prop::collection::vec(any::<u8>(), 0..400), text in any::<String>()) {
        for bytes in [&bytes, text.as_bytes()] {
            anything::spec(bytes);
            anything::suffix(bytes);
        }
    }

    #[test]
    fn a_good_spec_may_be_damaged_anywhere(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
        pipeline in prop::sample::select(&Pipeline::ALL),
    ) {
        let mut bytes = template(pipeline).replace("\n#", "\n").into_bytes();
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        anything::spec(&bytes);
    }

    #[test]
    fn a_bad_spec_may_be_put_into_another(
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let cases: Vec<&str> = specs().map(|(_, text)| text).collect();
        let (one, other) = (*one.get(&cases), *other.get(&cases));
        let cut = one.floor_char_boundary(cut.index(one.len() + 1));
        anything::spec(format!("{}{other}{}", &one[..cut], &one[cut..]).as_bytes());
    }
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    let depth = 30_000;
    let dotted = format!("{}a = 1\n", "a.".repeat(depth));
    let header = format!("[{}a]\n", "a.".repeat(depth));
    let list = format!("a = {}{}\n", "[".repeat(depth), "]".repeat(depth));
    let table = format!("a = {}1{}\n", "{ a = ".repeat(10_000), " }".repeat(10_000));
    for text in [dotted, header, list, table] {
        let errors = load(&text).expect_err("nesting");
        assert!(!errors.to_string().is_empty());
    }
}
