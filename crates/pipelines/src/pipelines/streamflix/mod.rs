//! StreamFlix: stream processing on Kinesis, Aurora Serverless and Fargate.

mod defaults;
mod rules;
pub(super) mod spec;
mod wiring;

use vidpipe_aws::{Engine, Wanted};

use self::spec::Streamflix;
use crate::definition::Definition;
use crate::spec::Spec;

pub(super) const PIPELINE: Definition<Streamflix> = Definition {
    region: "eu-central-1",
    defaults: defaults::defaults,
    rules: rules::check,
    wanted,
    graph: wiring::graph,
};

/// The version of the database. RDS generates its secret.
fn wanted<'a>(spec: &'a Spec, design: &'a Streamflix) -> Wanted<'a> {
    Wanted {
        zones: spec.network.availability_zones as usize,
        engine: Engine::Aurora,
        version: &design.database.engine_version,
        login: None,
        api_key: None,
    }
}
