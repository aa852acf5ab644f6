//! StreamFlix: stream processing on Kinesis, Aurora Serverless and Fargate.

mod defaults;
mod rules;
pub(super) mod spec;
mod wiring;

use vidpipe_aws::{Engine, Requirements};

use self::spec::Streamflix;
use crate::definition::Definition;
use crate::spec::Spec;

pub(super) const PIPELINE: Definition<Streamflix> = Definition {
    region: "eu-central-1",
    defaults: defaults::defaults,
    rules: rules::check,
    requirements,
    graph: wiring::graph,
};

/// The version of the database. RDS generates its secret.
fn requirements<'a>(spec: &'a Spec, design: &'a Streamflix) -> Requirements<'a> {
    Requirements {
        zones: spec.network.availability_zones as usize,
        engine: Engine::Aurora,
        version: &design.database.engine_version,
        login: None,
        api_key: None,
    }
}
