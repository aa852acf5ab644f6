//! Any bytes, parsed as a state.
#![no_main]
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/pipelines/tests/it/anything.rs"]
#[allow(dead_code, reason = "each target reads its own kind of input")]
mod anything;

fuzz_target!(|bytes: &[u8]| anything::state(bytes));
