//! Any bytes, parsed as the body of an answer.
#![no_main]
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/pipelines/tests/it/answered.rs"]
#[allow(dead_code, reason = "each target reads its own kind of input")]
mod answered;

fuzz_target!(|bytes: &[u8]| answered::errors(bytes));
