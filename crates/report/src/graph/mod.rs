//! A pipeline as a picture: in the languages of Graphviz and Mermaid, and as an SVG rendered by this crate.
//!
//! An arrow points from a node to a node that uses it, which is created later.
mod dot;
mod layout;
mod mermaid;
mod overview;
mod paint;
mod svg;

pub use dot::dot;
pub use mermaid::mermaid;
pub use svg::svg;

use std::collections::BTreeSet;
use vidpipe_engine::{Graph, Needs};

/// A node of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, unique in the picture.
    pub name: String,
    /// Its kind, shown small.
    pub kind: String,
    /// Its service, which decides its colour.
    pub group: String,
    /// The areas it is drawn in, outermost first.
    pub areas: Vec<String>,
}

/// One node uses another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The node that uses the other.
    pub from: String,
    /// The used node.
    pub to: String,
    /// How much of the used node must exist first; `None` only orders removal.
    pub needs: Option<Needs>,
    /// Whether the used node cannot be removed while its user exists.
    pub holds: bool,
}

/// The content of a picture. Edges to nodes that are not in it are omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The nodes, in order of declaration.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
}

/// The service of a kind.
fn service(kind: &str) -> &str {
    kind.split_once(':').map_or(kind, |(service, _)| service)
}

/// Every node, by service.
impl<C: 'static> From<&Graph<C>> for Picture {
    fn from(graph: &Graph<C>) -> Self {
        let mut picture = Self::default();
        for (name, node) in &graph.nodes {
            let kind = node.kind.name();
            let group = service(kind).to_owned();
            let areas = vec![group.clone()];
            picture.nodes.push(Node { name: name.0.clone(), kind: kind.into(), group, areas });
            for edge in &node.edges {
                let (from, to) = (name.0.clone(), edge.on.0.clone());
                picture.edges.push(Edge { from, to, needs: edge.needs, holds: edge.holds });
            }
        }
        picture
    }
}

/// The style of a line, by its meaning.
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

/// Whether a longer path of these edges leads from the start of an edge to its end.
fn is_implied<T: Ord>(edge: &(T, T), edges: &[(T, T)]) -> bool {
    let (mut ways, mut visited) = (vec![&edge.0], BTreeSet::new());
    while let Some(from) = ways.pop() {
        for (_, to) in edges.iter().filter(|other| other.0 == *from && *other != edge) {
            if *to == edge.1 {
                return true;
            }
            if visited.insert(to) {
                ways.push(to);
            }
        }
    }
    false
}

/// A part of a picture: a node with its index, or an area with its parts.
enum Part<'a> {
    Node(usize, &'a Node),
    Area(&'a str, Vec<Part<'a>>),
}

fn parts<'a>(nodes: &[(usize, &'a Node)], depth: usize) -> Vec<Part<'a>> {
    let mut areas: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    for (n, node) in nodes {
        match node.areas.get(depth) {
            None => found.push(Part::Node(*n, node)),
            Some(area) if areas.contains(&area.as_str()) => {}
            Some(area) => {
                areas.push(area);
                let inside = |(_, node): &&(usize, &Node)| node.areas.get(depth) == Some(area);
                let inside: Vec<_> = nodes.iter().filter(inside).copied().collect();
                found.push(Part::Area(area, parts(&inside, depth + 1)));
            }
        }
    }
    found
}

impl Picture {
    /// The groups, in order of first appearance.
    fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for node in &self.nodes {
            if !groups.contains(&node.group.as_str()) {
                groups.push(&node.group);
            }
        }
        groups
    }

    /// The index of a group among the groups.
    fn group_index(&self, group: &str) -> usize {
        self.groups().iter().position(|g| *g == group).unwrap_or_default()
    }

    /// The fill and the border of a group's nodes.
    fn colours(&self, group: &str) -> (&'static str, &'static str) {
        paint::colours(self.group_index(group))
    }

    /// The nodes as a tree of areas, each in order of first appearance.
    fn areas(&self) -> Vec<Part<'_>> {
        parts(&self.nodes.iter().enumerate().collect::<Vec<_>>(), 0)
    }

    /// The lines as (used, user, stroke), by node index, without duplicates.
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
