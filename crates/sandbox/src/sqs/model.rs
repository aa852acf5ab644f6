//! SQS. Winterbaume reports every queue as encrypted by SQS, returns all attributes whatever was requested, and lists
//! all queues on one page.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>

use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::document::{last_part, texts};
use crate::wire::{Ask, WireRule};

const SERVICE: &str = "SQS";
/// The record of a queue, by its name: the attributes it was given.
pub(crate) const QUEUE: &str = "sqs:queue";
/// The default and maximum number of queues on a page.
const PAGE: u64 = 1000;
/// The attributes that winterbaume drops.
const FORGOTTEN: [&str; 3] = ["SqsManagedSseEnabled", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"];

pub(super) fn rules() -> Vec<WireRule> {
    let after = |operation, rule| WireRule::after(SERVICE, operation, rule);
    vec![
        after("CreateQueue", created),
        after("SetQueueAttributes", changed),
        after("GetQueueAttributes", describe),
        after("ListQueues", listed),
    ]
}

/// The name of the queue a request is about.
pub(crate) fn name(ask: &Ask) -> &str {
    match ask.text("QueueName") {
        "" => last_part(ask.text("QueueUrl")),
        name => name,
    }
}

fn created(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let name = name(ask);
    if context.document(QUEUE, name).is_none() {
        let attributes = ask.json["Attributes"].as_object().cloned().unwrap_or_default();
        context.remember_document(QUEUE, name, json!({ "attributes": attributes }));
    }
}

fn changed(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let name = name(ask);
    let Some(mut kept) = context.document(QUEUE, name) else { return };
    for (attribute, value) in ask.json["Attributes"].as_object().into_iter().flatten() {
        kept["attributes"][attribute.as_str()] = value.clone();
    }
    context.remember_document(QUEUE, name, kept);
}

fn describe(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let Some(kept) = context.document(QUEUE, name(ask)) else { return };
    let Some(described) = reply["Attributes"].as_object_mut() else { return };
    described.remove("SqsManagedSseEnabled");
    for (name, value) in FORGOTTEN.iter().map(|name| (*name, &kept["attributes"][*name])).filter(|(_, v)| !v.is_null())
    {
        described.insert(name.to_owned(), value.clone());
    }
    // Since 2022 SQS encrypts every queue without a KMS key.
    // <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html>
    let by_key = kept["attributes"]["KmsMasterKeyId"].as_str().is_some_and(|key| !key.is_empty());
    described.entry("SqsManagedSseEnabled").or_insert_with(|| json!((!by_key).to_string()));
    let asked = texts(&ask.json, "AttributeNames");
    if !asked.contains(&"All") {
        described.retain(|name, _| asked.contains(&name.as_str()));
    }
}

/// Lists queues by URL, in pages if the request has `MaxResults`.
fn listed(_: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let mut urls: Vec<String> = texts(reply, "QueueUrls").into_iter().map(str::to_owned).collect();
    urls.sort_unstable();
    urls.retain(|url| url.as_str() > ask.text("NextToken"));
    let most = usize::try_from(ask.json["MaxResults"].as_u64().unwrap_or(PAGE).min(PAGE)).unwrap_or_default();
    let more = urls.len() > most && !ask.json["MaxResults"].is_null();
    urls.truncate(most);
    let mut answer = Map::new();
    if let Some(last) = urls.last().filter(|_| more) {
        answer.insert("NextToken".into(), json!(last));
    }
    answer.insert("QueueUrls".into(), json!(urls));
    *reply = Value::Object(answer);
}
