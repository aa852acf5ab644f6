//! The list of rules equals the one in the documentation, and has a minimum length.

use std::collections::BTreeSet;
use std::fmt::Write;

use vidpipe_sandbox::{Basis, Sandbox};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sandbox.md");
const BEGIN: &str = "<!-- laws: begin -->\n";
const END: &str = "<!-- laws: end -->";

/// The table of `docs/sandbox.md`.
fn table() -> String {
    let mut table = "| law | what AWS does | rests on |\n|---|---|---|\n".to_owned();
    let mut laws = Sandbox::laws();
    laws.sort_by_key(|law| law.name);
    for law in laws {
        let rests = match law.basis {
            Basis::Documented => format!("[AWS documents it]({})", law.source),
            Basis::Reported => format!("users report it: {}", law.source),
            _ => format!("an assumption: {}", law.source),
        };
        writeln!(table, "| `{}` | {} | {rests} |", law.name, law.says).expect("a string takes text");
    }
    table
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a page for readers, written when asked to")]
fn the_page_lists_every_law() {
    let page = std::fs::read_to_string(PAGE).expect("docs/sandbox.md is there");
    let (before, rest) = page.split_once(BEGIN).expect("the page has the mark where the laws begin");
    let (there, after) = rest.split_once(END).expect("the page has the mark where the laws end");
    let table = table();
    if there != table && std::env::var_os("VIDPIPE_UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, format!("{before}{BEGIN}{table}{END}{after}")).expect("docs/sandbox.md can be written");
    } else {
        assert_eq!(there, table, "run this test with VIDPIPE_UPDATE_DOCS=1 to write the table anew");
    }
}

#[test]
fn every_law_has_a_name_of_its_own_and_a_source() {
    let laws = Sandbox::laws();
    let names: BTreeSet<&str> = laws.iter().map(|law| law.name).collect();
    assert_eq!(names.len(), laws.len(), "two laws have one name");
    for law in laws {
        let documented = law.basis == Basis::Documented;
        assert!(!documented || law.source.starts_with("https://docs.aws.amazon.com/"), "{}: {}", law.name, law.source);
        assert!(law.name.contains('/') && !law.says.is_empty() && !law.source.is_empty(), "{law:?}");
    }
}
