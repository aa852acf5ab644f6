//! Kinesis: streams are creating, active, updating, deleting.
//! <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html>

use serde_json::{Value, json};

use crate::context::Context;
use crate::document::text;
use crate::kinesis::model::{STREAM, name};
use crate::timing;
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "Kinesis";
/// The operations that make a stream `UPDATING` for a while, beside a change of its shards.
const SETTINGS: [&str; 7] = [
    "IncreaseStreamRetentionPeriod",
    "DecreaseStreamRetentionPeriod",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "EnableEnhancedMonitoring",
    "DisableEnhancedMonitoring",
    "UpdateStreamMode",
];

pub(super) fn rules() -> Vec<WireRule> {
    let mut rules = vec![
        WireRule::after(SERVICE, "CreateStream", created),
        WireRule::after(SERVICE, "UpdateShardCount", resharded),
        WireRule::after(SERVICE, "DescribeStream", |context, _, reply| {
            describe(context, &mut reply["StreamDescription"]);
        }),
        WireRule::after(SERVICE, "DescribeStreamSummary", |context, _, reply| {
            describe(context, &mut reply["StreamDescriptionSummary"]);
        }),
        WireRule::after(SERVICE, "ListStreams", |context, _, reply| {
            (reply["StreamSummaries"].as_array_mut().into_iter().flatten())
                .for_each(|stream| describe(context, stream));
        }),
        WireRule::before(SERVICE, "DeleteStream", delete),
        WireRule::after(SERVICE, "DeleteStream", deleted),
    ];
    rules.extend(SETTINGS.map(|operation| WireRule::after(SERVICE, operation, changed)));
    rules
}

/// The state of a stream that is not `ACTIVE`.
pub(crate) fn state(context: &Context<'_>, stream: &str) -> Option<String> {
    context.stage(STREAM, stream)
}

fn created(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let seconds = context.draw(timing::create("kinesis_stream"));
    context.begin(STREAM, name(ask), "CREATING", seconds);
    context.lags(STREAM, name(ask), "kinesis_stream");
}

fn resharded(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let seconds = context.draw(timing::create("kinesis_stream"));
    context.begin(STREAM, name(ask), "UPDATING", seconds);
}

fn changed(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let seconds = context.draw(timing::create("kinesis_stream_setting"));
    context.begin(STREAM, name(ask), "UPDATING", seconds);
}

fn describe(context: &Context<'_>, stream: &mut Value) {
    if let Some(state) = state(context, text(stream, "StreamName")) {
        stream["StreamStatus"] = json!(state);
    }
}

fn delete(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let stream = name(ask);
    if context.document(STREAM, stream).is_none() {
        return Verdict::Pass;
    }
    let seconds = context.draw(timing::delete("kinesis_stream"));
    match context.removal(STREAM, stream, "DELETING", seconds) {
        Some(removal) => Verdict::Postpone(removal, Value::Null),
        None => Verdict::Pass,
    }
}

/// A removal that takes time removes the document when it is carried out.
fn deleted(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    if state(context, name(ask)).is_none() {
        context.forget_document(STREAM, name(ask));
    }
}
