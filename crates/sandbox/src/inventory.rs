//! The inventory: everything that exists, in a comparable form.
//!
//! It reads snapshots only and never calls the backends, whose answers the rules may change.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::backends::Snapshot;
use crate::lifecycle::sqs;
use crate::mends::cloudwatch::Tracking;
use crate::mends::elbv2::{Balancer, Listener, TargetGroup};
use crate::mends::secrets::managed::Managed;
use crate::mends::{apigateway, cloudtrail, ec2, ecs, elasticache, linked, rds, sns};
use crate::world::{Fact, World};

/// The kinds that exist only in our own layer, except those of API Gateway.
const OWNED: &[&str] = &[
    ecs::CLUSTER,
    ecs::DEFINITION,
    ecs::SERVICE,
    elasticache::Group::KIND,
    rds::Backup::KIND,
    sns::Pending::KIND,
    sns::Subscription::KIND,
    sqs::DELETED,
    rds::ClusterBackup::KIND,
    Managed::KIND,
    Balancer::KIND,
    TargetGroup::KIND,
    Listener::KIND,
    ec2::GROUP_RULE,
    ec2::Endpoint::KIND,
    ec2::GuestGroup::KIND,
    Tracking::KIND,
    cloudtrail::TRAIL,
];

/// The resources that our own layer keeps, in the form of winterbaume's snapshots.
pub(crate) fn kept_here(world: &World) -> BTreeMap<String, Snapshot> {
    let mut regions: BTreeMap<String, Snapshot> = BTreeMap::new();
    for (name, fact) in world.facts() {
        let owned = OWNED.contains(&name.kind.as_str()) || apigateway::KINDS.contains(&name.kind.as_str());
        let (true, Some((service, kind))) = (owned, name.kind.split_once(':')) else {
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

/// The permanent additions to a fresh account: the services that have their service-linked role.
pub(crate) fn of_account(world: &World) -> Vec<String> {
    world.facts().filter(|(name, _)| name.kind == linked::KIND).map(|(name, _)| name.id.clone()).collect()
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
pub(crate) fn take(snapshots: BTreeMap<String, Snapshot>) -> Value {
    let mut regions = Map::new();
    let mut tombstones = Map::new();
    for (region, snapshot) in snapshots {
        let (mut there, mut lingering) = (Map::new(), Map::new());
        for (service, state) in snapshot {
            let Value::Object(kinds) = state else { continue };
            let (present, dead) = split(&service, kinds);
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

fn split(service: &str, kinds: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let (mut present, mut dead) = (Map::new(), Map::new());
    let keys: Vec<String> = kinds.get("keys").and_then(Value::as_object).map_or_else(Vec::new, pending);
    for (kind, things) in kinds {
        if is_bookkeeping(service, &kind) {
            continue;
        }
        match things {
            Value::Object(things) => {
                let (mut here, mut gone) = (Map::new(), Map::new());
                for (id, thing) in things {
                    if is_empty(&thing) || is_implied(service, &kind, &thing) {
                        continue;
                    }
                    let of_dead_key = service == "kms" && keys.contains(&id);
                    if of_dead_key || lingers(service, &kind, &thing) {
                        gone.insert(id, thing);
                    } else {
                        here.insert(id, thing);
                    }
                }
                insert(&mut present, &kind, here);
                insert(&mut dead, &kind, gone);
            }
            Value::Array(mut things) if !things.is_empty() => {
                // Lists have no meaningful order.
                things.sort_by_cached_key(Value::to_string);
                present.insert(kind, Value::Array(things));
            }
            _ => {}
        }
    }
    (present, dead)
}

/// Whether a kind holds counters or settings, which describe no resource.
fn is_bookkeeping(service: &str, kind: &str) -> bool {
    // Log streams and events are also in their groups; tags are also on their resources.
    matches!(
        (service, kind),
        (_, "counters" | "resource_tags" | "tags" | "revisions" | "account_settings") | ("sts", _)
    )
}

/// Whether AWS creates and removes the resource together with another one, or has it in every account.
fn is_implied(service: &str, kind: &str, thing: &Value) -> bool {
    // Winterbaume leaves a VPC's default network ACL behind; AWS removes it with the VPC.
    let default_acl = service == "ec2" && kind == "network_acls" && thing["is_default"] == true;
    let of_aws = service == "iam" && kind == "policies" && thing["path"] == "/service-role/";
    default_acl || of_aws
}

fn lingers(service: &str, kind: &str, thing: &Value) -> bool {
    let state = (thing["status"].as_str())
        .or_else(|| thing["state"].as_str())
        .or_else(|| thing["key_state"].as_str())
        .unwrap_or_default();
    matches!(
        (service, kind, state),
        ("ec2", "nat_gateways", "deleted")
            | ("ecs", _, "INACTIVE" | "DELETE_IN_PROGRESS")
            | ("kms", "keys", "PendingDeletion")
            | ("sns", "pending-subscription", _)
            | ("sns", "subscription", "orphaned")
            | ("sqs", "deleted-queue", _)
    )
}

fn pending(keys: &Map<String, Value>) -> Vec<String> {
    (keys.iter()).filter(|(_, key)| key["key_state"] == "PendingDeletion").map(|(id, _)| id.clone()).collect()
}

fn is_empty(thing: &Value) -> bool {
    match thing {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
