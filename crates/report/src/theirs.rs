//! What is gone, and where something of another lineage is now: it is left alone, and named.
use crate::{Look, Tone, text::clean};
use serde_json::{Value, json};
use vidpipe_engine::Name;

/// A node whose thing is gone; where it was there is one of another lineage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theirs {
    /// The node.
    pub node: Name,
    /// The provider's name for what is there now.
    pub id: String,
    /// The lineage of what is gone.
    pub ours: String,
    /// The lineage of what is there.
    pub theirs: String,
}

impl Theirs {
    pub(crate) fn new(node: &Name, id: &str, ours: &str, theirs: &str) -> Self {
        Self { node: node.clone(), id: clean(id), ours: clean(ours), theirs: clean(theirs) }
    }
}

/// All of them for people: first that ours are gone, then what is there.
pub(crate) fn human(all: &[Theirs], look: &Look) -> String {
    let Some(first) = all.first() else { return String::new() };
    let left = look.paint(Tone::Warn, "left alone");
    let mut text =
        format!("\n{left}: these of lineage {} are gone; there are others, which somebody else made\n", first.ours);
    for one in all {
        text.push_str(&format!("  {}: another `{}`, of lineage {}\n", one.node, one.id, one.theirs));
    }
    text
}

/// The same for programs.
pub(crate) fn json(all: &[Theirs]) -> Vec<Value> {
    let one = |t: &Theirs| json!({ "node": t.node, "id": t.id, "ours": t.ours, "theirs": t.theirs });
    all.iter().map(one).collect()
}
