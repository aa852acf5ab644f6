//! An in-process AWS: all of vidpipe can run against it without an account, a network or a thread.
//!
//! [`Sandbox`] provides an HTTP client and interceptors for the config of the SDK's service clients. Behind them are
//! the backends of `winterbaume`; our own layer in between makes them answer as AWS does.
//!
//! Layers, from the outside in:
//! 1. `typed`: SDK interceptors, which see a call's typed input and output;
//! 2. `wire`: the HTTP client around winterbaume's, which sees JSON bodies, forms and error codes;
//! 3. `backends`: winterbaume.
//!
//! The rules of both layers are small functions, one folder per purpose, one file per service: `mends` adds the
//! behaviour winterbaume lacks, `lifecycle` makes creations and deletions take the time AWS takes, `strict` refuses
//! what AWS refuses. `world` is the state of our own layer. `conditions` sets speed, consistency and faults. `log`
//! records every call and the id of every resource created.
//!
//! This crate must not depend on the engine or the resource kinds: it models AWS only. Nothing here is evidence of how
//! real AWS behaves; it models what AWS documents.

mod answers;
mod backends;
mod budgets;
mod clock;
mod conditions;
mod context;
mod error;
mod faults;
mod inventory;
mod lifecycle;
mod log;
mod mends;
mod sandbox;
mod shared;
mod spoilt;
mod strict;
mod timing;
mod typed;
mod wire;
mod world;

pub use answers::{Answer, answers};
pub use clock::Clock;
pub use conditions::{Conditions, FaultPlan, Incident, Speed, Zones};
pub use error::{Error, Result};
pub use faults::{Asked, Codeless, Fault, is_read};
pub use log::{Call, Fate, Made};
pub use sandbox::{ACCOUNT_ID, Sandbox};
pub use strict::{About, Basis};
