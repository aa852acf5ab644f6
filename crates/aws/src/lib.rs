//! The kinds that vidpipe creates on AWS, and what they share: clients, the error table, tags, timings.
//!
//! A folder per service holds all that is about it: its kinds, one file each; the meanings of its error codes; its call
//! budgets; its batched reads; how the owner of its resources is read; its checks; its sweep. `services.rs` lists the
//! services. What every service needs is in the modules beside the folders, and knows no service. A kind must not loop,
//! sleep, retry, log or access state: the engine does.
#[macro_use]
mod pages;
#[macro_use]
mod check;

mod absences;
mod account;
mod budgets;
mod clients;
mod declare;
mod error;
mod ids;
mod owner;
mod partition;
pub mod permissions;
mod policy;
mod probe;
mod rate_limiter;
mod service_endpoints;
mod settings;
mod tags;
mod timing;
mod wire_log;

mod apigateway;
mod cloudtrail;
mod cloudwatch;
mod ec2;
mod ecs;
mod efs;
mod elasticache;
mod elb;
mod iam;
mod kinesis;
mod kms;
mod logs;
mod rds;
mod s3;
mod scaling;
mod secrets;
mod sns;
mod sqs;

mod classify;
mod connect;
mod facts;
pub mod kinds;
mod services;
pub mod sweep;
pub mod verify;

pub use account::Profile;
pub use classify::{class_of, meaning};
pub use clients::{Aws, Caller};
pub use connect::Connection;
pub use error::{Meaning, OrFail, Refusal};
pub use facts::{Engine, Existing, Facts, Login, Requirements, newest_aurora, offers_class};
pub use kinds::KINDS;
pub use partition::of as partition_of;
pub use secrets::existing::{ExistingSecret, existing_secret};
pub use service_endpoints::Endpoints;
pub use tags::PREFIX;
pub use timing::timings;

/// The context of a call: the AWS clients, the environment, the node.
pub type Cx = vidpipe_engine::Cx<Aws>;
