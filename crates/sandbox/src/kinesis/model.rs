//! Kinesis. Winterbaume drops the tags given to CreateStream and keeps those of the two tagging APIs apart, treats
//! `ALL` metrics as the name of a single metric, and lists ten streams at most.
//! <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html>

use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::document::{default, last_part, text, texts};
use crate::wire::{Ask, WireRule};

const SERVICE: &str = "Kinesis";
/// The record of a stream, by its name: tags, consumers, open shards, and the times of its changes.
pub(crate) const STREAM: &str = "kinesis:stream";
/// The metrics that `ALL` stands for.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html>
const METRICS: [&str; 7] = [
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
];
/// The initial number of shards of an on-demand stream.
/// <https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html>
const ON_DEMAND: u64 = 4;
/// The default number of streams on a page.
const PAGE: usize = 100;

pub(super) fn rules() -> Vec<WireRule> {
    let after = |operation, rule| WireRule::after(SERVICE, operation, rule);
    vec![
        after("CreateStream", created),
        after("AddTagsToStream", tagged),
        after("TagResource", tagged),
        after("RemoveTagsFromStream", untagged),
        after("UntagResource", untagged),
        after("ListTagsForStream", tags_shown),
        after("ListTagsForResource", tags_shown),
        after("RegisterStreamConsumer", registered),
        after("DeregisterStreamConsumer", deregistered),
        after("UpdateShardCount", resharded),
        after("EnableEnhancedMonitoring", metrics_changed),
        after("DisableEnhancedMonitoring", metrics_changed),
        after("DescribeStream", |_, _, reply| described(&mut reply["StreamDescription"])),
        after("DescribeStreamSummary", |_, _, reply| described(&mut reply["StreamDescriptionSummary"])),
        after("ListStreams", listed),
    ]
}

/// The name of the stream a request is about.
pub(crate) fn name(ask: &Ask) -> &str {
    let fields = ["StreamName", "StreamARN", "ResourceARN"];
    fields.iter().map(|field| last_part(ask.text(field))).find(|name| !name.is_empty()).unwrap_or_default()
}

/// Changes the record of a stream, if it exists.
pub(crate) fn amend(context: &mut Context<'_>, name: &str, change: impl FnOnce(&mut Value)) {
    if let Some(mut kept) = context.document(STREAM, name) {
        change(&mut kept);
        context.remember_document(STREAM, name, kept);
    }
}

fn created(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let tags = if ask.json["Tags"].is_object() { ask.json["Tags"].clone() } else { json!({}) };
    let shards = ask.json["ShardCount"].as_u64().unwrap_or(ON_DEMAND);
    let kept = json!({ "tags": tags, "consumers": [], "shards": shards, "changes": {} });
    context.remember_document(STREAM, name(ask), kept);
}

fn tagged(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    amend(context, name(ask), |kept| {
        for (key, value) in ask.json["Tags"].as_object().into_iter().flatten() {
            kept["tags"][key.as_str()] = value.clone();
        }
    });
}

fn untagged(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    amend(context, name(ask), |kept| {
        if let Some(tags) = kept["tags"].as_object_mut() {
            tags.retain(|key, _| !texts(&ask.json, "TagKeys").contains(&key.as_str()));
        }
    });
}

fn tags_shown(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let Some(kept) = context.document(STREAM, name(ask)) else { return };
    let tags = kept["tags"].as_object().cloned().unwrap_or_else(Map::new);
    reply["Tags"] = tags.into_iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
}

fn registered(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    amend(context, name(ask), |kept| {
        if let Some(consumers) = kept["consumers"].as_array_mut() {
            consumers.push(ask.json["ConsumerName"].clone());
        }
    });
}

/// A consumer is named by its stream and its name, or by its ARN, which contains both.
fn deregistered(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let mut arn = ask.text("ConsumerARN").split('/').skip(1);
    let (of, named) = (arn.next().unwrap_or_default(), arn.nth(1).unwrap_or_default());
    let stream = if of.is_empty() { name(ask) } else { of };
    let gone = if of.is_empty() { ask.text("ConsumerName") } else { named.split(':').next().unwrap_or_default() };
    amend(context, stream, |kept| {
        if let Some(consumers) = kept["consumers"].as_array_mut() {
            consumers.retain(|consumer| consumer != gone);
        }
    });
}

fn resharded(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    amend(context, name(ask), |kept| kept["shards"] = ask.json["TargetShardCount"].clone());
}

fn spelled_out(metrics: &mut Value) {
    if metrics.as_array().is_some_and(|metrics| metrics.iter().any(|metric| metric == "ALL")) {
        *metrics = json!(METRICS);
    }
}

fn metrics_changed(_: &mut Context<'_>, _: &Ask, reply: &mut Value) {
    spelled_out(&mut reply["CurrentShardLevelMetrics"]);
    spelled_out(&mut reply["DesiredShardLevelMetrics"]);
}

fn described(stream: &mut Value) {
    for monitoring in stream["EnhancedMonitoring"].as_array_mut().into_iter().flatten() {
        spelled_out(&mut monitoring["ShardLevelMetrics"]);
    }
    default(stream, "EncryptionType", json!("NONE"));
}

/// Lists streams by name, a page at a time.
fn listed(_: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let mut streams = reply["StreamSummaries"].as_array().cloned().unwrap_or_default();
    let after = [ask.text("NextToken"), ask.text("ExclusiveStartStreamName")].concat();
    streams.retain(|stream| text(stream, "StreamName") > after.as_str());
    streams.sort_by_key(|stream| text(stream, "StreamName").to_owned());
    let limit = ask.json["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    let page = limit.unwrap_or(PAGE).min(PAGE);
    let more = streams.len() > page;
    streams.truncate(page);
    reply["StreamNames"] = streams.iter().map(|stream| stream["StreamName"].clone()).collect();
    reply["HasMoreStreams"] = json!(more);
    reply["NextToken"] = streams.last().filter(|_| more).map_or(Value::Null, |last| last["StreamName"].clone());
    reply["StreamSummaries"] = Value::Array(streams);
}
