//! A pipeline as a picture: in the languages of Graphviz and Mermaid, and as an SVG drawn here.
//!
//! An arrow goes from what is made first to what is made from it.
mod dot;
mod layout;
mod mermaid;
mod paint;
mod svg;

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

use vidpipe_engine::{Graph, Needs};

/// A node of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, unique in the picture.
    pub name: String,
    /// Its kind, shown small.
    pub kind: String,
    /// What it is coloured and grouped by: its service.
    pub group: String,
}

/// One node uses another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The node that uses.
    pub from: String,
    /// The node that is used.
    pub to: String,
    /// How much of the used node must be there first; `None` is an order of removal only.
    pub needs: Option<Needs>,
    /// Whether the used node cannot be removed while the user stands.
    pub holds: bool,
}

/// What is drawn. Lines to nodes that are not in it are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The nodes, in the order they were declared.
    pub nodes: Vec<Node>,
    /// The lines.
    pub edges: Vec<Edge>,
}

impl<C: 'static> From<&Graph<C>> for Picture {
    fn from(graph: &Graph<C>) -> Self {
        let mut picture = Self::default();
        for (name, node) in &graph.nodes {
            let kind = node.kind.name();
            let group = kind.split_once(':').map_or(kind, |(service, _)| service);
            picture.nodes.push(Node { name: name.0.clone(), kind: kind.into(), group: group.into() });
            for edge in &node.edges {
                let (from, to) = (name.0.clone(), edge.on.0.clone());
                picture.edges.push(Edge { from, to, needs: edge.needs, holds: edge.holds });
            }
        }
        picture
    }
}

/// How a line is drawn, and what that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stroke {
    Ready,
    Known,
    Value,
    Removal,
}

impl Stroke {
    const ALL: [Self; 4] = [Self::Ready, Self::Known, Self::Value, Self::Removal];

    const fn of(line: &Edge) -> Self {
        match (line.needs, line.holds) {
            (None, _) => Self::Removal,
            (Some(_), false) => Self::Value,
            (Some(Needs::Known), true) => Self::Known,
            (Some(Needs::Ready), true) => Self::Ready,
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Ready => "needs it ready",
            Self::Known => "needs its values only",
            Self::Value => "reads its values, does not hold it",
            Self::Removal => "is removed before it",
        }
    }
}

impl Picture {
    /// The groups, in the order they first appear.
    fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for node in &self.nodes {
            if !groups.contains(&node.group.as_str()) {
                groups.push(&node.group);
            }
        }
        groups
    }

    /// The lines as (used, user, stroke), by the places of their nodes; each once.
    fn arrows(&self) -> Vec<(usize, usize, Stroke)> {
        let place = |name: &str| self.nodes.iter().position(|n| n.name == name);
        let mut arrows: Vec<(usize, usize, Stroke)> =
            self.edges.iter().filter_map(|e| Some((place(&e.to)?, place(&e.from)?, Stroke::of(e)))).collect();
        arrows.sort_unstable();
        arrows.dedup_by_key(|(from, to, _)| (*from, *to));
        arrows.retain(|(from, to, _)| from != to);
        arrows
    }
}
