//! Checks that the table of owners in the documentation is current and covers every kind.
use crate::KINDS;
use std::{collections::BTreeMap, fmt::Write};
use vidpipe_engine::{Identity, Owner};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/owners.md");
const BEGIN: &str = "<!-- owners: begin -->\n";
const END: &str = "<!-- owners: end -->";

/// The table for the page.
fn table() -> String {
    let mut table = "| kind | its owner is known by |\n|---|---|\n".to_owned();
    let owners: BTreeMap<&str, Owner> = KINDS.iter().map(|kind| (kind.name(), kind.owner())).collect();
    for (kind, owner) in owners {
        let by = match owner {
            Owner::Tags => "its tags".to_owned(),
            Owner::Of(other) => format!("the tags of its `{other}`"),
            Owner::Account => "nothing: it is the account's".to_owned(),
        };
        writeln!(table, "| `{kind}` | {by} |").expect("a string takes text");
    }
    table
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a page for readers, written when asked to")]
fn the_page_lists_the_owner_of_every_kind() {
    let page = std::fs::read_to_string(PAGE).expect("docs/owners.md is there");
    let (before, rest) = page.split_once(BEGIN).expect("the page has the mark where the table begins");
    let (there, after) = rest.split_once(END).expect("the page has the mark where the table ends");
    let table = table();
    if there != table && std::env::var_os("VIDPIPE_UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, format!("{before}{BEGIN}{table}{END}{after}")).expect("docs/owners.md can be written");
    } else {
        assert_eq!(there, table, "run this test with VIDPIPE_UPDATE_DOCS=1 to write the table anew");
    }
}

#[test]
fn what_has_no_tags_is_part_of_what_has() {
    let owners: BTreeMap<&str, Owner> = KINDS.iter().map(|kind| (kind.name(), kind.owner())).collect();
    for kind in KINDS {
        let name = kind.name();
        assert_eq!(kind.owner() == Owner::Account, kind.identity() == Identity::Shared, "{name}");
        if let Owner::Of(other) = kind.owner() {
            assert_eq!(owners.get(other), Some(&Owner::Tags), "{name} is part of {other}");
        }
        assert!(kind.identity() != Identity::Setting || matches!(kind.owner(), Owner::Of(_)), "{name} is a setting");
    }
}
