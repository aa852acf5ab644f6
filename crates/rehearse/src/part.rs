//! A part of a pipeline.

use std::collections::BTreeSet;
use vidpipe_aws::Aws;
use vidpipe_engine::{Graph, Name};

/// The part of a graph that these nodes need in order to stand: they and all that they use.
pub(crate) fn standing(mut graph: Graph<Aws>, nodes: &[Name]) -> Graph<Aws> {
    let (mut part, mut open) = (BTreeSet::new(), nodes.to_vec());
    while let Some(name) = open.pop() {
        let edges = graph.nodes.get(&name).map(|node| node.edges.as_slice()).unwrap_or_default();
        open.extend(edges.iter().map(|edge| edge.on.clone()).filter(|on| !part.contains(on)));
        part.insert(name);
    }
    graph.nodes.retain(|name, _| part.contains(name));
    // They are read by commands, from nodes that may not be in it.
    graph.outputs.clear();
    graph
}
