//! `vidpipe graph`: a picture of a pipeline. Asks AWS nothing, so zones and versions are placeholders.
use crate::{
    cli::{self, GraphFormat},
    fail::{Exit, Failure, Result},
    spec,
};
use vidpipe_aws::Facts;
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_report::graph::{Picture, dot, mermaid, svg};

pub(super) fn run(args: &cli::Graph) -> Result {
    let spec = spec::load(args.config.as_ref(), args.pipeline)?;
    let suffix = Suffix::parse("example").map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    let picture = Picture::from(&vidpipe_pipelines::graph(&spec, &suffix, &placeholders(&spec)));
    super::print(&match args.format {
        GraphFormat::Dot => dot(&picture),
        GraphFormat::Mermaid => mermaid(&picture),
        GraphFormat::Svg => svg(&picture),
    })
}

fn placeholders(spec: &Spec) -> Facts {
    let zones = ["a", "b", "c"].iter().take(spec.network.availability_zones as usize);
    Facts {
        account: "123456789012".into(),
        partition: "aws".into(),
        region: spec.region.clone(),
        zones: zones.map(|z| format!("{}{z}", spec.region)).collect(),
        postgres_version: spec.database.engine_version.clone(),
    }
}
