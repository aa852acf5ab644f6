//! The graphs the contract is kept over.
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
/// StreamFlix with everything it can have but e-mail: what nobody confirms is never seen again. Its retention is not the one
/// that every stream has anyway.
const STREAMFLIX: &str = "pipeline = \"streamflix\"\n[stream]\nretention_hours = 48\n";

/// All of them: together they use every kind there is.
pub(crate) const GRAPHS: &[Walk] = &[
    Walk { spec: STREAMTECH, graph: |world| world.graph(STREAMTECH) },
    Walk { spec: STREAMFLIX, graph: |world| world.graph(STREAMFLIX) },
    // With a subscription that needs nobody.
    Walk { spec: "", graph: |world| messaging::Wish::default().graph(world) },
];
