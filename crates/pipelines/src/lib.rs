//! The pipelines vidpipe can build: the settings a user may choose, the names an environment may have, and the graph of
//! its resources.
//!
//! Everything here is computed before the first AWS call. This crate parses text and returns typed values, or errors
//! that name the line. It does no I/O: it opens no file, calls no AWS API and prints nothing.

mod definition;
pub mod migrations;
mod names;
mod parts;
mod pipelines;
pub mod policy;
pub mod spec;
pub mod suffix;

pub use pipelines::{graph, requirements};
