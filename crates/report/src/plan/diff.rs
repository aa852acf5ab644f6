//! Two specs, property by property. Pure.
use serde_json::Value;
use std::collections::BTreeSet;

/// A property that is, was, or both. A path reads like code: `ingress[0].port`.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where it is.
    pub path: String,
    /// What it was; `None` if it was not.
    pub old: Option<Value>,
    /// What it will be; `None` if it will not be.
    pub new: Option<Value>,
}

impl Change {
    /// Whether it stays as it is.
    pub fn is_same(&self) -> bool {
        self.old == self.new
    }
}

/// Every property of either spec, in order: leaves, and lists and objects that are empty.
pub fn changes(old: Option<&Value>, new: Option<&Value>) -> Vec<Change> {
    let mut found = Vec::new();
    walk(String::new(), old, new, &mut found);
    found
}

fn walk(path: String, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Change>) {
    let before = found.len();
    let alike = old.zip(new).is_none_or(|(old, new)| shape(old) == shape(new));
    for key in keys(old, new).into_iter().filter(|_| alike) {
        let at = match &key {
            Key::Field(name) if path.is_empty() => name.clone(),
            Key::Field(name) => format!("{path}.{name}"),
            Key::Item(n) => format!("{path}[{n}]"),
        };
        walk(at, get(old, &key), get(new, &key), found);
    }
    // A leaf; or something that holds nothing, or became something of another shape: shown as a whole.
    if found.len() == before && (old.is_some() || new.is_some()) {
        found.push(Change { path, old: old.cloned(), new: new.cloned() });
    }
}

const fn shape(value: &Value) -> u8 {
    match value {
        Value::Object(_) => 0,
        Value::Array(_) => 1,
        _ => 2,
    }
}

enum Key {
    Field(String),
    Item(usize),
}

/// What either holds. Fields are sorted, however their objects keep them, so that the same plan is the same text.
fn keys(old: Option<&Value>, new: Option<&Value>) -> Vec<Key> {
    let mut fields: BTreeSet<&String> = BTreeSet::new();
    let mut items = 0;
    for value in [old, new].into_iter().flatten() {
        match value {
            Value::Object(object) => fields.extend(object.keys()),
            Value::Array(list) => items = items.max(list.len()),
            _ => {}
        }
    }
    fields.into_iter().cloned().map(Key::Field).chain((0..items).map(Key::Item)).collect()
}

fn get<'v>(value: Option<&'v Value>, key: &Key) -> Option<&'v Value> {
    match key {
        Key::Field(name) => value?.get(name),
        Key::Item(n) => value?.get(n),
    }
}
