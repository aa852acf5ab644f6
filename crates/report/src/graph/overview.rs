//! The overview of a pipeline: its main resources, the areas they are placed in, and which of them use which. Everything
//! in between is left out.
use super::{Edge, Node, Picture, is_implied, service};
use std::collections::{BTreeMap, BTreeSet};
use vidpipe_engine::{Drawn, Graph, Needs};

/// The boxes and areas that a node leads to, itself and through details.
#[derive(Clone, Default)]
struct Reach {
    boxes: BTreeSet<usize>,
    /// The areas it uses itself.
    direct: BTreeSet<usize>,
    /// The areas that its details use.
    indirect: BTreeSet<usize>,
}

/// A graph by the indexes of its nodes, in order of declaration, which is topological.
struct Nodes<'a> {
    names: Vec<&'a str>,
    kinds: Vec<&'a str>,
    drawn: Vec<Drawn>,
    reach: Vec<Reach>,
}

impl Picture {
    /// The main resources of a pipeline. A detail belongs to the box whose name its own begins with, or to the only box
    /// it uses. Boxes and areas that differ only in their number are one. An arrow that others imply is left out.
    pub fn overview<C: 'static>(graph: &Graph<C>) -> Self {
        let nodes = Nodes::of(graph);
        let (mut picture, mut edges) = (Self::default(), BTreeSet::new());
        for n in nodes.of_drawn(Drawn::Box) {
            let name = nodes.label(n);
            let used = nodes.reach[n].boxes.iter().map(|used| nodes.label(*used));
            edges.extend(used.filter(|used| *used != name).map(|used| (name.clone(), used)));
            if !picture.nodes.iter().any(|node| node.name == name) {
                let (kind, group) = (nodes.kinds[n].to_owned(), service(nodes.kinds[n]).to_owned());
                picture.nodes.push(Node { name, kind, group, areas: nodes.areas(n) });
            }
        }
        let edges: Vec<(String, String)> = edges.into_iter().collect();
        let drawn = edges.iter().filter(|edge| !is_implied(edge, &edges)).cloned();
        let edge = |(from, to)| Edge { from, to, needs: Some(Needs::Ready), holds: true };
        picture.edges = drawn.map(edge).collect();
        picture
    }
}

impl<'a> Nodes<'a> {
    fn of<C: 'static>(graph: &'a Graph<C>) -> Self {
        let names: Vec<&str> = graph.nodes.keys().map(|name| name.0.as_str()).collect();
        let kinds = graph.nodes.values().map(|node| node.kind.name()).collect();
        let drawn = graph.nodes.values().map(|node| node.kind.drawn()).collect();
        let mut nodes = Self { names, kinds, drawn, reach: Vec::new() };
        let index: BTreeMap<&str, usize> = nodes.names.iter().enumerate().map(|(n, name)| (*name, n)).collect();
        for node in graph.nodes.values() {
            let used = node.edges.iter().filter(|e| e.needs.is_some());
            let reach = nodes.reach_of(used.filter_map(|e| index.get(e.on.0.as_str()).copied()));
            nodes.reach.push(reach);
        }
        nodes.give_details_to_boxes();
        nodes
    }

    fn reach_of(&self, used: impl Iterator<Item = usize>) -> Reach {
        let mut reach = Reach::default();
        for n in used {
            match self.drawn[n] {
                Drawn::Box => drop(reach.boxes.insert(n)),
                Drawn::Area => drop(reach.direct.insert(n)),
                Drawn::Detail => {
                    reach.boxes.extend(&self.reach[n].boxes);
                    reach.indirect.extend(self.reach[n].direct.union(&self.reach[n].indirect));
                }
            }
        }
        reach
    }

    /// Adds what a detail leads to to the box it belongs to.
    fn give_details_to_boxes(&mut self) {
        for detail in self.of_drawn(Drawn::Detail) {
            let Reach { boxes, direct, indirect } = self.reach[detail].clone();
            let begins =
                |n: &usize| self.names[detail].strip_prefix(self.names[*n]).is_some_and(|r| r.starts_with('-'));
            let named = self.of_drawn(Drawn::Box).into_iter().filter(begins).max_by_key(|n| self.names[*n].len());
            let Some(owner) = named.or(boxes.first().copied().filter(|_| boxes.len() == 1)) else { continue };
            self.reach[owner].boxes.extend(boxes);
            self.reach[owner].indirect.extend(direct.into_iter().chain(indirect));
        }
    }

    fn of_drawn(&self, drawn: Drawn) -> Vec<usize> {
        (0..self.names.len()).filter(|n| self.drawn[*n] == drawn).collect()
    }

    /// The name without its number, if it has one.
    fn stem(&self, n: usize) -> Option<&'a str> {
        self.names[n].rsplit_once('-').filter(|(_, number)| number.parse::<u32>().is_ok()).map(|(stem, _)| stem)
    }

    /// The name; for several that differ in their number, the common part and how many they are.
    fn label(&self, n: usize) -> String {
        let alike = |other: &usize| self.kinds[*other] == self.kinds[n] && self.stem(*other) == self.stem(n);
        match (self.stem(n), (0..self.names.len()).filter(alike).count()) {
            (Some(stem), several) if several > 1 && self.drawn[n] == Drawn::Area => {
                let (_, thing) = self.kinds[n].split_once(':').unwrap_or_default();
                format!("{stem} {thing}s")
            }
            (Some(stem), several) if several > 1 => format!("{stem} ({several})"),
            _ => self.names[n].to_owned(),
        }
    }

    /// The areas around a box, outermost first. Areas side by side, such as subnets of two tiers, are not around it; nor
    /// is an outermost area that only its details use, such as the network of a firewall rule.
    fn areas(&self, n: usize) -> Vec<String> {
        let Reach { direct, indirect, .. } = &self.reach[n];
        let placed = if direct.is_empty() { indirect } else { direct };
        let outer: BTreeSet<usize> = placed.iter().flat_map(|area| &self.reach[*area].direct).copied().collect();
        if direct.is_empty() && outer.is_empty() {
            return Vec::new();
        }
        let inner: BTreeSet<String> = placed.difference(&outer).map(|area| self.label(*area)).collect();
        let outer: BTreeSet<String> = outer.iter().map(|area| self.label(*area)).collect();
        let inner = Some(inner).filter(|inner| inner.len() == 1).into_iter().flatten();
        outer.into_iter().chain(inner).collect()
    }
}
