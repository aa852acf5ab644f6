//! The graphs that the contract is checked on.
use crate::{harness::Harness, messaging};
use vidpipe_aws::Aws;
use vidpipe_engine::Graph;

/// How a graph is built, in a harness of that spec.
pub(crate) struct Walk {
    pub(crate) spec: &'static str,
    pub(crate) graph: fn(&Harness) -> Graph<Aws>,
}

/// StreamTech with all options.
const STREAMTECH: &str = "[api]\naccount_logging_role = true\n";
/// StreamFlix with all options but e-mail: an unconfirmed subscription cannot be read. Its retention differs from the
/// default of every stream.
const STREAMFLIX: &str = "pipeline = \"streamflix\"\n[stream]\nretention_hours = 48\n";

/// All graphs; together they contain every kind.
pub(crate) const GRAPHS: &[Walk] = &[
    Walk { spec: STREAMTECH, graph: |harness| harness.graph(STREAMTECH) },
    Walk { spec: STREAMFLIX, graph: |harness| harness.graph(STREAMFLIX) },
    // With a subscription that requires no confirmation.
    Walk { spec: "", graph: |harness| messaging::Wish::default().graph(harness) },
];
