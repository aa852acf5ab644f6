//! What vidpipe can build: the settings a user may choose and the names an environment may have.
//!
//! Everything here is decided before the first AWS call. This crate reads text it is given and
//! answers with typed values or with errors that name the line; it opens no file, asks AWS
//! nothing and prints nothing.

mod names;
pub mod spec;
mod streamtech;
pub mod suffix;

use spec::{Pipeline, Spec};
use suffix::Suffix;
use vidpipe_aws::{Aws, Facts};
use vidpipe_engine::Graph;

/// What an environment of that spec is made of.
pub fn graph(spec: &Spec, suffix: &Suffix, facts: &Facts) -> Graph<Aws> {
    match spec.pipeline {
        // No spec of the other two exists yet: reading one is refused.
        Pipeline::Streamtech | Pipeline::StreamtechTokyo | Pipeline::Streamflix => {
            streamtech::streamtech(spec, suffix, facts)
        }
    }
}
