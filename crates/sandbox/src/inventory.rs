//! The inventory: everything that exists, in a comparable form.
//!
//! It reads snapshots only and never calls the backends, whose answers the rules may change.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::backends::Snapshot;
use crate::service::{Resource, Service, Services, Standing};
use crate::store::Store;

/// The resources that our own layer keeps, in the form of winterbaume's snapshots.
pub(crate) fn kept_here(store: &Store, services: Services) -> BTreeMap<String, Snapshot> {
    let mut regions: BTreeMap<String, Snapshot> = BTreeMap::new();
    for (name, fact) in store.facts() {
        let (true, Some((service, kind))) = (services.keeps(&name.kind), name.kind.split_once(':')) else {
            continue;
        };
        // The document of a task definition wraps definition and tags; the status is inside the definition.
        let mut fact = fact.clone();
        if let Some(status) = fact.pointer("/definition/status").cloned() {
            fact["status"] = status;
        }
        let services = regions.entry(name.region.clone()).or_default();
        let kinds = services.entry(service.to_owned()).or_insert_with(|| json!({}));
        if kinds[kind].is_null() {
            kinds[kind] = json!({});
        }
        kinds[kind][name.id.as_str()] = fact;
    }
    regions
}

/// Adds the kinds of one state to those of another.
pub(crate) fn merge(into: &mut Value, kinds: Value) {
    let Value::Object(kinds) = kinds else { return };
    match into {
        Value::Object(there) => there.extend(kinds),
        other => *other = Value::Object(kinds),
    }
}

/// Splits `snapshots` into resources that exist and tombstones.
pub(crate) fn take(snapshots: BTreeMap<String, Snapshot>, services: Services) -> Value {
    let mut regions = Map::new();
    let mut tombstones = Map::new();
    for (region, snapshot) in snapshots {
        let (mut there, mut lingering) = (Map::new(), Map::new());
        for (service, state) in snapshot {
            let Value::Object(kinds) = state else { continue };
            let (present, dead) = split(services.keyed(&service), &kinds);
            insert(&mut there, &service, present);
            insert(&mut lingering, &service, dead);
        }
        insert(&mut regions, &region, there);
        insert(&mut tombstones, &region, lingering);
    }
    json!({ "regions": regions, "tombstones": tombstones })
}

fn insert(into: &mut Map<String, Value>, key: &str, what: Map<String, Value>) {
    if !what.is_empty() {
        into.insert(key.to_owned(), Value::Object(what));
    }
}

fn split(service: &Service, kinds: &Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let (mut present, mut dead) = (Map::new(), Map::new());
    let standing = |kind, id, fields| (service.standing)(&Resource { kind, id, fields, kinds });
    for (kind, things) in kinds.iter().filter(|(kind, _)| !is_bookkeeping(kind)) {
        match things {
            Value::Object(things) => {
                let (mut here, mut gone) = (Map::new(), Map::new());
                for (id, thing) in things.iter().filter(|(_, thing)| !is_empty(thing)) {
                    match standing(kind, id, thing) {
                        Standing::Exists => here.insert(id.clone(), thing.clone()),
                        Standing::Tombstone => gone.insert(id.clone(), thing.clone()),
                        Standing::Implied => None,
                    };
                }
                insert(&mut present, kind, here);
                insert(&mut dead, kind, gone);
            }
            Value::Array(things) if !things.is_empty() && standing(kind, "", &Value::Null) != Standing::Implied => {
                // Lists have no meaningful order.
                let mut things = things.clone();
                things.sort_by_cached_key(Value::to_string);
                present.insert(kind.clone(), Value::Array(things));
            }
            _ => {}
        }
    }
    (present, dead)
}

/// Whether a kind holds counters or settings, which describe no resource.
fn is_bookkeeping(kind: &str) -> bool {
    // Log streams and events are also in their groups; tags are also on their resources.
    matches!(kind, "counters" | "resource_tags" | "tags" | "revisions" | "account_settings")
}

fn is_empty(thing: &Value) -> bool {
    match thing {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
