//! Part of a pipeline's graph.

use std::collections::BTreeSet;
use vidpipe_aws::Aws;
use vidpipe_engine::{Graph, Name};

/// The subgraph of these nodes and their transitive dependencies.
pub(crate) fn standing(mut graph: Graph<Aws>, nodes: &[Name]) -> Graph<Aws> {
    let (mut part, mut open) = (BTreeSet::new(), nodes.to_vec());
    while let Some(name) = open.pop() {
        let edges = graph.nodes.get(&name).map(|node| node.edges.as_slice()).unwrap_or_default();
        open.extend(edges.iter().map(|edge| edge.on.clone()).filter(|on| !part.contains(on)));
        part.insert(name);
    }
    graph.nodes.retain(|name, _| part.contains(name));
    // Outputs may refer to nodes outside the subgraph.
    graph.outputs.clear();
    graph
}
