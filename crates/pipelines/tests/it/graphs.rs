//! The graphs the contract is kept over: a pipeline's, and small ones of kinds no pipeline is wired with yet.
use crate::{messaging, world::World};
use vidpipe_aws::Aws;
use vidpipe_engine::Graph;

/// How a graph is made, in a world of that spec.
pub(crate) struct Walk {
    pub(crate) spec: &'static str,
    pub(crate) graph: fn(&World) -> Graph<Aws>,
}

/// StreamTech with everything it can have.
const STREAMTECH: &str = "[api]\naccount_logging_role = true\n";

/// All of them: together they use every kind there is.
pub(crate) const GRAPHS: &[Walk] = &[
    Walk { spec: STREAMTECH, graph: |world| world.graph(STREAMTECH) },
    Walk { spec: "", graph: |world| messaging::Wish::default().graph(world) },
];
