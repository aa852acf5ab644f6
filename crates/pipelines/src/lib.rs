//! The pipelines vidpipe can build: the settings a user may choose, the names an environment may have, and the graph of
//! its resources.
//!
//! Everything here is computed before the first AWS call. This crate parses text and returns typed values, or errors
//! that name the line. It does no I/O: it opens no file, calls no AWS API and prints nothing.

pub mod migrations;
mod names;
mod parts;
pub mod policy;
pub mod spec;
mod streamflix;
mod streamtech;
pub mod suffix;

use spec::{Design, Secrets, Spec};
use suffix::Suffix;
use vidpipe_aws::{Aws, Engine, Facts, Login, Wanted};
use vidpipe_engine::Graph;

/// The facts about the region and the account that building the graph requires.
#[must_use]
pub fn wanted(spec: &Spec) -> Wanted<'_> {
    let (engine, version, secrets) = match &spec.design {
        Design::Streamtech(design) => {
            let Secrets { database, api_key } = &design.secrets;
            let login = Login { secret: database, username: &design.database.username };
            let login = (!database.is_empty()).then_some(login);
            let engine = Engine::Rds { class: &design.database.instance_class };
            (engine, &design.database.engine_version, (login, Some(api_key.as_str()).filter(|s| !s.is_empty())))
        }
        Design::Streamflix(design) => (Engine::Aurora, &design.database.engine_version, (None, None)),
    };
    let zones = spec.network.availability_zones as usize;
    Wanted { zones, engine, version, login: secrets.0, api_key: secrets.1 }
}

/// Builds the resource graph of an environment with this spec.
pub fn graph(spec: &Spec, suffix: &Suffix, facts: &Facts) -> Graph<Aws> {
    match &spec.design {
        Design::Streamtech(design) => streamtech::streamtech(spec, design, suffix, facts),
        Design::Streamflix(design) => streamflix::streamflix(spec, design, suffix, facts),
    }
}
