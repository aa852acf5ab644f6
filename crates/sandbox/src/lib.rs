//! An in-process AWS: all of vidpipe can run against it without an account, a network or a thread.
//!
//! [`Sandbox`] provides an HTTP client and interceptors for the config of the SDK's service clients. Behind them are
//! the backends of `winterbaume`; our own layer in between makes them answer as AWS does.
//!
//! Layers, from the outside in:
//! 1. `interceptor`: an SDK interceptor, which sees a call's typed input and output (`typed`);
//! 2. `client`: the HTTP client around winterbaume's, which sees JSON bodies, forms and error codes (`wire`);
//! 3. `backends`: winterbaume.
//!
//! The rules of both layers are small functions. Each service has a folder with all that is known of it: its `model`
//! adds the behaviour winterbaume lacks (in a large service, each file beside `mod.rs` is part of the model), its
//! `lifecycle` makes creations and deletions take the time AWS takes, its `laws` refuse what AWS refuses. Its `mod.rs`
//! describes it to the rest: these rules, the calls that create resources, the call budgets, the error codes, and what
//! counts in the inventory. `services` lists the services, and `cross_service` is what several of them share.
//!
//! `store` is the state of our own layer. `conditions` sets speed, consistency and faults. `log` records every call and
//! the id of every resource created.
//!
//! This crate must not depend on the engine or the resource kinds: it models AWS only. Apart from the folders of the
//! services, only `sandbox` and `services` may import a service; a test checks that. Nothing here is evidence of how
//! real AWS behaves; it models what AWS documents.

// What the sandbox is made of: it knows no service.
mod account;
mod answers;
mod backends;
mod budgets;
mod client;
mod clock;
mod conditions;
mod context;
mod cross_service;
mod document;
mod endpoint;
mod error;
mod faults;
mod interceptor;
mod inventory;
mod law;
mod log;
mod refusal;
mod service;
mod shared;
mod spoilt;
mod store;
mod timing;
mod typed;
mod wire;

// The services, one folder each.
mod apigateway;
mod autoscaling;
mod cloudtrail;
mod cloudwatch;
mod ec2;
mod ecs;
mod efs;
mod elasticache;
mod elbv2;
mod iam;
mod kinesis;
mod kms;
mod logs;
mod rds;
mod rdsdata;
mod s3;
mod secrets;
mod sns;
mod sqs;
mod sts;

// The top, which hands the services to the rest.
mod sandbox;
mod services;

pub use account::ACCOUNT_ID;
pub use answers::{Answer, answers};
pub use clock::Clock;
pub use conditions::{Conditions, FaultPlan, Incident, Speed, Zones};
pub use error::{Error, Result};
pub use faults::{Asked, Codeless, Fault, is_read};
pub use law::{About, Basis};
pub use log::{Call, Fate, Made};
pub use sandbox::Sandbox;
