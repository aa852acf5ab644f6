//! Tests of the built binary from outside: exit codes, streams, files, signals, kill -9. They check the calls an AWS
//! endpoint receives, a moto server's inventory, and the files in the folder; never with vidpipe's own library.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "a test writes what a user, or a failing disk, would have written")]
mod accounts;
mod answers;
mod at_once;
mod bad_corpus;
mod bad_spec;
mod bad_state;
mod bad_usage;
mod canaries;
mod changes;
mod credentials;
mod environment;
mod failed;
mod files;
mod first_day;
mod foreign_answers;
mod gate;
mod harness;
mod hostile;
mod instead;
mod killed;
mod kinesis_local;
mod life;
mod locked;
mod log;
mod losses;
mod microburst;
mod ministack;
mod moto;
mod pipelines;
mod readers;
mod request;
mod sandbox;
mod secrets;
mod shared_state;
mod signals;
mod stops;
mod streams;
mod sweep;
mod timing;
mod vanished;
mod verify;
mod waited_out;
mod words;

#[test]
fn no_file_is_forgotten() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let main = include_str!("main.rs");
    for file in std::fs::read_dir(here).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".rs") else { continue };
        assert!(stem == "main" || main.contains(&format!("mod {stem};")), "{name} is not compiled into the tests");
    }
}
