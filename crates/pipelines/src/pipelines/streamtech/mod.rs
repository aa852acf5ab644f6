//! StreamTech: video processing on RDS PostgreSQL, Redis, EFS and Fargate, behind an API.

mod defaults;
mod rules;
pub(super) mod spec;
mod wiring;

use vidpipe_aws::{Engine, Login, Requirements};

use self::spec::Secrets;
use self::spec::Streamtech;
use crate::definition::Definition;
use crate::spec::Spec;

pub(super) const PIPELINE: Definition<Streamtech> = Definition {
    region: "us-east-1",
    defaults: defaults::defaults,
    rules: rules::check,
    requirements,
    graph: wiring::graph,
};

/// The version and class of the database, and the existing secrets.
fn requirements<'a>(spec: &'a Spec, design: &'a Streamtech) -> Requirements<'a> {
    let (Secrets { database: login, api_key }, database) = (&design.secrets, &design.database);
    Requirements {
        zones: spec.network.availability_zones as usize,
        engine: Engine::Rds { class: &database.instance_class },
        version: &database.engine_version,
        login: (!login.is_empty()).then_some(Login { secret: login, username: &database.username }),
        api_key: Some(api_key.as_str()).filter(|secret| !secret.is_empty()),
    }
}
