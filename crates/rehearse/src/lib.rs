//! Rehearsals: whole lives of an environment in the sandbox, on days when things go wrong.
//!
//! [`World`] is an environment, what is recorded of it, and the AWS it is in. [`rehearse`] lets it go up, up again and
//! down, and tells how it went. [`suites`] do the same many times over, each time with something else going wrong, and
//! count what should never happen.
//!
//! Everything must run on a runtime whose clock is paused: times are AWS's, and pass at once. Whether something was
//! made twice or left behind is decided by the sandbox's ledger and inventory, never by what vidpipe believes.

mod account;
mod disk;
mod pace;
mod part;
mod rehearsal;
mod span;
pub mod suites;
mod world;

pub use pace::{Pace, pace};
pub use rehearsal::{Phase, Refusal, Rehearsal, rehearse};
pub use world::{Ended, World};

/// A runtime for rehearsals: one thread, and a clock that jumps to the next thing that happens.
///
/// # Errors
/// When the system refuses what a runtime needs.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()
}
