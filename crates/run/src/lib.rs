//! A command that changes an environment, without a terminal: connect, open the environment, plan, run, sweep.
//!
//! 1. `Session::connect` connects to AWS and reads whose credentials these are.
//! 2. [`Held::take`] locks the environment directory and reads its state; `Desired::open` checks the state and reads
//!    the facts of the region.
//! 3. [`Provider::plan`] plans the `Desired::graph` against the state.
//! 4. [`Run::apply`] executes the plan. `Run::clear` removes everything, and sweeps until nothing of ours is left.
//!
//! The binary, the rehearsals, the tests of the pipelines and the store's benchmark all go this way. They differ in what
//! they hand in: the store of the state, the reporters of events, and the cloud.
//!
//! This crate must not print, read environment variables, or decide what a user sees.
mod held;
mod provider;
mod run;

#[cfg(feature = "aws")]
mod desired;
#[cfg(feature = "aws")]
pub mod s3;
#[cfg(feature = "aws")]
mod session;
#[cfg(feature = "aws")]
mod sweep;

pub use held::Held;
pub use provider::Provider;
pub use run::Run;

#[cfg(feature = "aws")]
pub use desired::{Desired, OpenError, Opened, is_protected, tags};
#[cfg(feature = "aws")]
pub use session::Session;
