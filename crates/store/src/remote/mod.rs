//! The state of environments in an object store, for runs on machines that are gone when they end.
//!
//! ```text
//! <prefix>/<pipeline>/<account>-<region>/<suffix>/
//!     state.json    the recorded state; every write is conditional on the one before
//!     lease.json    who may change it; renewed while a run lasts, and gone after it
//!     runs/<time>-<command>.jsonl
//! ```
//!
//! 1. A run *takes the lease*: it writes `lease.json` where there is none, or over one that has run out.
//! 2. It *fences*: it writes the state with the next epoch. From then on every write of the previous holder is refused.
//! 3. It saves the state before every call that changes something, conditional on its last write, and starts no call
//!    once its lease may have run out. So a run that lost its lease cannot start another call.
//! 4. It renews the lease every quarter of its time, and releases it at the end. A killed run's lease runs out.
mod bucket;
mod env;
mod held;
mod history;
mod lease;
mod location;
mod objects;
mod store;
mod terms;
mod trash;
mod waiting;
mod write;

#[cfg(feature = "testing")]
pub mod memory;

pub use bucket::Bucket;
pub use env::RemoteEnv;
pub use held::RemoteLock;
pub use history::History;
pub use location::Location;
pub use objects::{Asked, Condition, Fault, Object, Objects, Refusal, Stamp};
pub use store::RemoteStore;
pub use terms::{SHORTEST, TTL, Terms, Ticks};
pub use waiting::Waiting;
