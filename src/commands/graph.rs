//! `vidpipe graph`: draws a pipeline. Calls no AWS API, so zones and versions are placeholders.
use crate::{
    cli::{self, GraphFormat},
    fail::{Exit, Failure, Result},
    print::print,
    spec,
};
use vidpipe_aws::Facts;
use vidpipe_pipelines::{suffix::Suffix, wanted};
use vidpipe_report::graph::{Picture, dot, mermaid, svg};

pub(super) fn run(args: &cli::Graph) -> Result {
    let spec = spec::load(args.config.as_ref(), args.pipeline)?;
    let suffix = Suffix::parse("example").map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    let facts = Facts::placeholders(&spec.region, &wanted(&spec));
    let graph = vidpipe_pipelines::graph(&spec, &suffix, &facts);
    let picture = if args.all { Picture::from(&graph) } else { Picture::overview(&graph) };
    print(&match args.format {
        GraphFormat::Dot => dot(&picture),
        GraphFormat::Mermaid => mermaid(&picture),
        GraphFormat::Svg => svg(&picture),
    })
}
