//! Rehearsals: complete life cycles of an environment in the sandbox, with faults.
//!
//! [`Harness`] is an environment, its recorded state, and the sandbox it runs in. [`rehearse`] runs `up`, `up` again
//! and `down`, and reports the result. [`suites`] repeat this many times, each time with another fault, and count
//! violations.
//!
//! Everything must run on a runtime whose clock is paused: durations are those of AWS, and elapse at once. Whether a
//! resource was created twice or left behind is decided by the sandbox's ledger and inventory, never by vidpipe's
//! state.

mod account;
mod disk;
mod harness;
mod pace;
mod part;
mod rehearsal;
mod span;
pub mod suites;

pub use harness::{Ended, Harness};
pub use pace::{Pace, pace};
pub use rehearsal::{Phase, Refusal, Rehearsal, rehearse};

/// A runtime for rehearsals: single-threaded, with a clock that jumps to the next event.
///
/// # Errors
/// If the system cannot create the runtime.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()
}
