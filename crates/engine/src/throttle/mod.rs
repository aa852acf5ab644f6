//! Throttling: calls that wait for a rate-limit slot, for a read permit, or for the result of a batch.
//!
//! - A *permit* is one of the calls that a run may have in flight ([`Limits::calls`](crate::Limits)).
//! - A *read permit* comes from the [`ReadLimiter`] of the run, which limits its reads per second.
//! - A *slot* is the time at which the [`Budgets`] of an account allow the next call to an API.
//! - A *batch* is a number of reads that share one read permit and one request: see [`Batcher`].
//!
//! The code that makes a call runs inside of futures of the provider's SDK, which have to be `Send`, so it cannot hold
//! anything of the run. It sends messages instead, over a channel that it finds in the task local `CALLER`, and waits
//! until the run grants what it asked for. Two calls whose reads become one batch, of which A sends the request:
//!
//! ```text
//! call A                  call B                  the run (Throttle::call, once for each call)
//! |                       |                       a permit for A, a permit for B
//! Batcher::read           Batcher::read
//! |-- ReadPermit -------------------------------> gives A's permit to others, reports ReadQueued
//! |                       |-- ReadPermit -------> gives B's permit to others, reports ReadQueued
//! |                       |                       one read permit for the batch (ReadLimiter::acquire)
//! |                       |                       a permit for A, a permit for B
//! |<- granted ------------|<- granted ----------- (what the limiter grants without a wait is not reported)
//! |                       |-- Idle -------------> gives B's permit to others
//! acquire_read: no wait   .
//! Budgets::take           .
//! acquire                 .
//! |-- Slot -------------------------------------> gives A's permit to others, reports Queued
//! |                       .                       pauses until the slot
//! |                       .                       a permit for A
//! |<- granted -----------------------------------
//! sends the request       .
//! answered                .
//! |-- Answered ---------------------------------> reports Called
//! |-- result ------------>|
//! returns                 returns                 gives A's permit to others
//! ```
//!
//! A read that is not in a batch starts at A's `acquire_read`, and waits for its own read permit there; a call that
//! changes something starts at `Budgets::take`. A stop request ends a call that waits, as its next request is not sent.
//! Only if an earlier request of the call was answered, a wait for a read permit does not end it: it goes on at once.
mod batch;
mod budgets;
mod call;
mod read_limiter;

pub use batch::Batcher;
pub use budgets::{Budgets, Rate};
pub(crate) use call::Throttle;
pub use call::{acquire, acquire_read, answered, called_for, rate_limited};
