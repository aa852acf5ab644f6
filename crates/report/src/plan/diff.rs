//! Compares two specs, property by property. Pure.
use serde_json::Value;
use std::collections::BTreeSet;

/// A property of the old spec, the new spec, or both. A path has the syntax of code: `ingress[0].port`.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The path of the property.
    pub path: String,
    /// The old value; `None` if the property did not exist.
    pub old: Option<Value>,
    /// The new value; `None` if the property is removed.
    pub new: Option<Value>,
}

impl Change {
    /// Whether the value is unchanged.
    pub fn is_same(&self) -> bool {
        self.old == self.new
    }
}

/// Every property of either spec, in order: leaves, and empty lists and objects.
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
    // A leaf, an empty value, or a value whose shape changes: shown as a whole.
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

/// The keys of either value. Fields are sorted, regardless of their order in the objects, so that the same plan gives
/// the same text.
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
