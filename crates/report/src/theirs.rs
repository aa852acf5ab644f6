//! Deleted resources that were replaced by resources of another lineage. They are left alone, and reported.
use crate::{TermStyle, Tone, text::clean};
use serde_json::{Value, json};
use vidpipe_engine::Name;

/// A node whose resource is deleted; a resource of another lineage now exists in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    /// The node.
    pub node: Name,
    /// The identifier of the resource that exists now.
    pub id: String,
    /// The lineage of the deleted resource.
    pub ours: String,
    /// The lineage of the resource that exists now.
    pub theirs: String,
}

impl Theirs {
    pub(crate) fn new(node: &Name, id: &str, ours: &str, theirs: &str) -> Self {
        Self { node: node.clone(), id: clean(id), ours: clean(ours), theirs: clean(theirs) }
    }
}

/// All of them for people: first the lineage of the deleted resources, then the resources that exist.
pub(crate) fn human(all: &[Theirs], style: &TermStyle) -> String {
    let Some(first) = all.first() else { return String::new() };
    let left = style.paint(Tone::Warn, "left alone");
    let mut text =
        format!("\n{left}: these of lineage {} are gone; there are others, which somebody else made\n", first.ours);
    for t in all {
        text.push_str(&format!("  {}: another `{}`, of lineage {}\n", t.node, t.id, t.theirs));
    }
    text
}

/// All of them for programs.
pub(crate) fn json(all: &[Theirs]) -> Vec<Value> {
    let object = |t: &Theirs| json!({ "node": t.node, "id": t.id, "ours": t.ours, "theirs": t.theirs });
    all.iter().map(object).collect()
}
