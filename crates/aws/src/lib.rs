//! The kinds vidpipe can make on AWS, and what they share: clients, the error table, tags, timings.
//!
//! A kind is one file in `kinds/<service>/` and one line in [`kinds::KINDS`]. It must not loop, sleep, retry, log or
//! touch state: the engine does.
#[macro_use]
mod pages;

mod absences;
mod account;
mod apigateway;
mod budgets;
mod clients;
mod ecs;
mod endpoints;
mod error;
mod existing;
mod facts;
mod gathered;
mod interfaces;
pub mod kinds;
mod kinesis;
mod partition;
mod policy;
mod rds;
mod scaling;
mod secret;
mod settings;
mod sns;
mod sqs;
pub mod sweep;
mod tags;
mod timing;
mod told;
mod turns;
pub mod verify;

pub use clients::{Aws, Caller, Connection};
pub use error::{Meaning, OrFail, Refusal, class_of, meaning};
pub use existing::{ExistingSecret, existing_secret};
pub use facts::{Engine, Existing, Facts, Login, Wanted, newest_aurora, offers_class};
pub use kinds::KINDS;
pub use tags::PREFIX;
pub use timing::timings;

/// A call's place: the AWS clients, the environment, the node.
pub type Cx = vidpipe_engine::Cx<Aws>;
