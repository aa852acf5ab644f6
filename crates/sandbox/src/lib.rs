//! An AWS inside the process: the whole of vidpipe can be run against it without an account, a network or a thread.
//!
//! [`Sandbox`] hands out an HTTP client and interceptors to put into the config of the SDK's service clients. Behind
//! them stand the backends of `winterbaume`, and before those our own layer, which makes them answer as AWS does.
//!
//! Layers, from the outside in:
//! 1. `typed`: SDK interceptors, which see a call's typed input and output;
//! 2. `wire`: the HTTP client around winterbaume's, which sees JSON bodies, forms and error codes;
//! 3. `backends`: winterbaume.
//!
//! The rules both layers apply are small functions, one folder per purpose, one file per service: `mends` add what
//! winterbaume lacks, `lifecycle` makes things take the time AWS takes, `strict` refuses what AWS refuses. `world` is what
//! our own layer remembers, `conditions` is what kind of day it is: how fast, how consistent, what goes wrong. `log` keeps
//! every call and every id that was ever made.
//!
//! This crate must not know the engine or the resource kinds: it knows AWS only. Nothing here is evidence of how real
//! AWS behaves; it is what AWS documents, as far as we modelled it.

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
pub use conditions::{Conditions, Incident, Speed, Weather, Zones};
pub use error::{Error, Result};
pub use faults::{Asked, Codeless, Fault, is_look};
pub use log::{Call, Fate, Made};
pub use sandbox::{ACCOUNT_ID, Sandbox};
pub use strict::{About, Basis};
