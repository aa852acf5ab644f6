//! What vidpipe can build: the settings a user may choose and the names an environment may have.
//!
//! Everything here is decided before the first AWS call. This crate reads text it is given and
//! answers with typed values or with errors that name the line; it opens no file, asks AWS
//! nothing and prints nothing.

pub mod migrations;
mod names;
mod parts;
pub mod spec;
mod streamflix;
mod streamtech;
pub mod suffix;

use spec::{Design, Secrets, Spec};
use suffix::Suffix;
use vidpipe_aws::{Aws, Engine, Facts, Login, Wanted};
use vidpipe_engine::Graph;

/// What must be known of the region and the account before the graph can be drawn.
#[must_use]
pub fn wanted(spec: &Spec) -> Wanted<'_> {
    let (engine, version, secrets) = match &spec.design {
        Design::Streamtech(own) => {
            let Secrets { database, api_key } = &own.secrets;
            let login = Login { secret: database, username: &own.database.username };
            let login = (!database.is_empty()).then_some(login);
            let engine = Engine::Rds { class: &own.database.instance_class };
            (engine, &own.database.engine_version, (login, Some(api_key.as_str()).filter(|s| !s.is_empty())))
        }
        Design::Streamflix(own) => (Engine::Aurora, &own.database.engine_version, (None, None)),
    };
    let zones = spec.network.availability_zones as usize;
    Wanted { zones, engine, version, login: secrets.0, api_key: secrets.1 }
}

/// What an environment of that spec is made of.
pub fn graph(spec: &Spec, suffix: &Suffix, facts: &Facts) -> Graph<Aws> {
    match &spec.design {
        Design::Streamtech(own) => streamtech::streamtech(spec, own, suffix, facts),
        Design::Streamflix(own) => streamflix::streamflix(spec, own, suffix, facts),
    }
}
