//! SQS: a deleted queue may answer for up to a minute, and attribute changes take as long to show everywhere.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html>

use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::sqs::model::{QUEUE, name};
use crate::timing::Range;
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "SQS";
/// The record of a deleted queue whose name is not free yet.
pub(crate) const DELETED: &str = "sqs:deleted-queue";
/// The stage of a new queue.
pub(crate) const NEW: &str = "sqs:new-queue";
/// The stage of recently changed attributes, and their old values, which are shown meanwhile.
const CHANGED: &str = "sqs:changed-attributes";
/// Seconds until a new queue can be used.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>
const SETTLING: f64 = 1.0;
/// Seconds for which a deleted queue may still answer; typically under a second.
const GOING: Range = Range::between(0.3, 0.5, 60.0);
/// Seconds until the name of a deleted queue is free.
const TAKEN: f64 = 60.0;
/// Maximum seconds until an attribute change shows everywhere.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
const SPREADING: f64 = 60.0;

pub(super) fn rules() -> Vec<WireRule> {
    vec![
        WireRule::after(SERVICE, "CreateQueue", created),
        WireRule::before(SERVICE, "SetQueueAttributes", changing),
        WireRule::after(SERVICE, "GetQueueAttributes", describe),
        WireRule::before(SERVICE, "DeleteQueue", delete),
        WireRule::after(SERVICE, "DeleteQueue", deleted),
    ]
}

fn created(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let mut kept = context.document(QUEUE, name(ask)).unwrap_or_else(|| json!({}));
    if kept["settled"].is_null() {
        kept["settled"] = json!(true);
        context.remember_document(QUEUE, name(ask), kept);
        context.begin(NEW, name(ask), "new", SETTLING);
    }
}

/// Stores the old values that a read may still show, where reads lag behind writes.
fn changing(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = name(ask);
    if let (true, Some(kept)) = (context.conditions.lag, context.document(QUEUE, name)) {
        let changes = ask.json["Attributes"].as_object().into_iter().flatten();
        let before: Map<_, _> = changes.map(|(a, _)| (a.clone(), kept["attributes"][a.as_str()].clone())).collect();
        context.remember_document(CHANGED, name, Value::Object(before));
        let seconds = SPREADING * context.store.chance(context.conditions.seed);
        context.vanish(CHANGED, name, "spreading", seconds);
    }
    Verdict::Pass
}

fn describe(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let before = context.document(CHANGED, name(ask));
    let Some(attributes) = reply["Attributes"].as_object_mut() else { return };
    for (attribute, value) in before.iter().filter_map(Value::as_object).flatten() {
        match value.is_null() {
            true => drop(attributes.remove(attribute)),
            false if attributes.contains_key(attribute) => drop(attributes.insert(attribute.clone(), value.clone())),
            false => {}
        }
    }
}

fn delete(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let name = name(ask);
    if context.document(QUEUE, name).is_none() {
        return Verdict::Pass;
    }
    if context.stage(QUEUE, name).is_some() {
        return Verdict::Answer(json!({}));
    }
    context.remember_document(DELETED, name, json!({ "name": name }));
    context.vanish(DELETED, name, "taken", TAKEN);
    let seconds = context.draw(GOING);
    match context.removal(QUEUE, name, "deleting", seconds) {
        Some(removal) => Verdict::Postpone(removal, json!({})),
        None => Verdict::Pass,
    }
}

/// A removal that takes time removes the document when it is carried out.
fn deleted(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    if context.stage(QUEUE, name(ask)).is_none() {
        context.forget_document(QUEUE, name(ask));
    }
}
