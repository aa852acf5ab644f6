//! The kinds that vidpipe creates on AWS, and what they share: clients, the error table, tags, timings.
//!
//! A kind is one file in `kinds/<service>/` and one line in [`kinds::KINDS`]. It must not loop, sleep, retry, log or
//! access state: the engine does.
#[macro_use]
mod pages;

mod absences;
mod account;
mod apigateway;
mod batched;
mod budgets;
mod clients;
mod ecs;
mod endpoints;
mod error;
mod existing;
mod facts;
mod interfaces;
pub mod kinds;
mod kinesis;
mod owner;
mod partition;
mod policy;
mod rate_limiter;
mod rds;
mod scaling;
mod secret;
mod service_endpoints;
mod settings;
mod sns;
mod sqs;
pub mod sweep;
mod tags;
mod timing;
pub mod verify;
mod wire_log;

pub use account::Profile;
pub use clients::{Aws, Caller, Connection};
pub use error::{Meaning, OrFail, Refusal, class_of, meaning};
pub use existing::{ExistingSecret, existing_secret};
pub use facts::{Engine, Existing, Facts, Login, Wanted, newest_aurora, offers_class};
pub use kinds::KINDS;
pub use service_endpoints::Endpoints;
pub use tags::PREFIX;
pub use timing::timings;

/// The context of a call: the AWS clients, the environment, the node.
pub type Cx = vidpipe_engine::Cx<Aws>;
