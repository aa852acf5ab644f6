//! The suites in sizes small enough for every change; `just torture` runs the rest.
#![allow(clippy::print_stdout, reason = "the suites print their counts")]

mod answers;
mod crowd;
mod figures;
mod first_day;
mod ledger;
mod owners;
mod reads;
mod subject;
mod suites;

#[test]
fn every_file_here_is_part_of_this_binary() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let main = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).expect("the folder of this file is there") {
        let path = entry.expect("its entries can be read").path();
        let name = path.file_stem().expect("they have names").to_string_lossy();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "tests/it/{name}.rs is not in main.rs");
    }
}
