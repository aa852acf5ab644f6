//! Kinesis: busy streams, and limits on concurrent and daily operations.

use serde_json::{Value, json};

use crate::account::ACCOUNT_ID;
use crate::context::{Context, Refusal};
use crate::kinesis::lifecycle::state;
use crate::kinesis::model::{STREAM, amend, name};
use crate::kms::usage;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "Kinesis";
const CREATE: &str = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html";
const DELETE: &str = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html";
const RESHARD: &str = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html";
const MODE: &str = "https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html";
const ENCRYPT: &str = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html";
const LONGER: &str = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html";
const PUT: &str = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html";
/// The maximum number of streams being created or deleted at the same time.
const AT_ONCE: usize = 5;
/// Seconds in a day.
const DAY: f64 = 86_400.0;
/// Operations limited per stream and 24 hours, with their limits.
const A_DAY: &[(&str, usize)] = &[("UpdateStreamMode", 2), ("UpdateShardCount", 10), ("StartStreamEncryption", 25)];
/// Operations that require an active stream.
const ACTIVE_ONLY: [&str; 12] = [
    "AddTagsToStream",
    "DecreaseStreamRetentionPeriod",
    "DeleteStream",
    "DisableEnhancedMonitoring",
    "EnableEnhancedMonitoring",
    "IncreaseStreamRetentionPeriod",
    "RegisterStreamConsumer",
    "RemoveTagsFromStream",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "UpdateShardCount",
    "UpdateStreamMode",
];

pub(super) fn laws() -> Vec<Law> {
    let before = |operation, rule| WireRule::before(SERVICE, operation, rule);
    let mut laws = vec![
        Law::assumed(
            "kinesis/stream-not-shown-yet",
            "a new stream is not shown for a moment",
            "AWS promises no read after write here, and API_StreamDescription knows no such state",
            before("*", unseen),
        ),
        Law::documented(
            "kinesis/busy",
            "only an active stream is changed, tagged or deleted, or gets a consumer",
            DELETE,
            before("*", busy),
        ),
        Law::documented(
            "kinesis/consumers",
            "a stream with consumers is deleted only together with them",
            DELETE,
            before("DeleteStream", with_consumers),
        ),
        Law::reported(
            "kinesis/five-at-once",
            "no more than five streams are being made or deleted at once",
            "hashicorp/terraform-provider-aws#1339",
            before("CreateStream", too_many_at_once),
        ),
        Law::documented(
            "kinesis/shards-to-say",
            "a provisioned stream is made with a number of shards",
            CREATE,
            before("CreateStream", without_shards),
        ),
        Law::documented(
            "kinesis/shards-by-two",
            "the shards of a stream are at most doubled or halved in one call",
            RESHARD,
            before("UpdateShardCount", too_far),
        ),
        Law::documented(
            "kinesis/times-a-day",
            "in 24 hours a stream changes its mode twice, its shards ten times and its key 25 times at most",
            MODE,
            before("*", too_often),
        ),
        Law::documented(
            "kinesis/key",
            "a stream is encrypted with a key that is there; a new one may be unknown for a moment",
            ENCRYPT,
            before("StartStreamEncryption", young_key),
        ),
        Law::documented(
            "kinesis/record-too-early",
            "a stream that is still being made takes no record",
            PUT,
            before("*", too_early),
        ),
    ];
    laws.extend(A_DAY.iter().zip([MODE, RESHARD, ENCRYPT]).map(|((operation, _), source)| {
        let (name, says) = noted(operation);
        Law::documented(name, says, source, WireRule::after(SERVICE, operation, note))
    }));
    laws.extend(kept_by_the_backend());
    laws
}

fn noted(operation: &str) -> (&'static str, &'static str) {
    match operation {
        "UpdateStreamMode" => ("kinesis/mode-noted", "a change of a stream's mode is noted"),
        "UpdateShardCount" => ("kinesis/shards-noted", "a change of a stream's shards is noted"),
        _ => ("kinesis/key-noted", "a change of a stream's key is noted"),
    }
}

fn kept_by_the_backend() -> Vec<Law> {
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        documented("kinesis/name-taken", "a stream's name is unique in the account and region", CREATE),
        documented("kinesis/retention", "records are kept 24 to 8760 hours", LONGER),
        documented("kinesis/retention-direction", "longer and shorter retention are two calls", LONGER),
        documented("kinesis/shards-on-demand", "the shards of a stream on demand are not for us to change", RESHARD),
    ]
}

fn unless(refusal: Option<Refusal>) -> Verdict {
    refusal.map_or(Verdict::Pass, Verdict::Refuse)
}

fn not_found(stream: &str) -> Refusal {
    Refusal::new("ResourceNotFoundException", format!("Stream {stream} under account {ACCOUNT_ID} not found."))
}

fn unseen(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let reads = ask.operation.starts_with("Describe") || ask.operation.starts_with("ListTags");
    unless((reads && context.is_lagging(STREAM, name(ask))).then(|| not_found(name(ask))))
}

fn busy(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let state = state(context, name(ask)).filter(|_| ACTIVE_ONLY.contains(&ask.operation.as_str()));
    unless(state.map(|state| {
        let stream = name(ask);
        let message = format!("Stream {stream} under account {ACCOUNT_ID} not ACTIVE, instead in state {state}");
        Refusal::new("ResourceInUseException", message)
    }))
}

fn with_consumers(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let stream = name(ask);
    let has = context.document(STREAM, stream).is_some_and(|kept| kept["consumers"] != json!([]));
    unless((has && ask.json["EnforceConsumerDeletion"] != true).then(|| {
        let message = format!("Stream {stream} under account {ACCOUNT_ID} has registered consumers.");
        Refusal::new("ResourceInUseException", message)
    }))
}

fn too_many_at_once(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    let streams = context.documents(STREAM);
    let passing = |name: &str| state(context, name).is_some_and(|state| state != "UPDATING");
    let there = streams.iter().filter(|(name, _)| passing(name)).count();
    unless((there >= AT_ONCE).then(|| {
        let message = format!(
            "This request would have exceed the limit on the number of streams that can simultaneously be in CREATING \
             or DELETING for the account {ACCOUNT_ID}. Limit: {AT_ONCE}."
        );
        Refusal::new("LimitExceededException", message)
    }))
}

fn without_shards(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let provisioned = ask.json["StreamModeDetails"]["StreamMode"] != "ON_DEMAND";
    unless((provisioned && ask.json["ShardCount"].as_u64().unwrap_or_default() == 0).then(|| {
        Refusal::new("InvalidArgumentException", "ShardCount must be provided in PROVISIONED mode and be at least 1.")
    }))
}

fn too_far(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let Some(kept) = context.document(STREAM, name(ask)) else { return Verdict::Pass };
    let shards = (kept["shards"].as_u64(), ask.json["TargetShardCount"].as_u64());
    let (Some(there), Some(target)) = shards else { return Verdict::Pass };
    unless((target > there * 2 || target * 2 < there).then(|| {
        let message = format!(
            "UpdateShardCount cannot scale over double, or below half, of your current open shard count. Current open \
             shard count: {there} Target shard count: {target}"
        );
        Refusal::new("InvalidArgumentException", message)
    }))
}

/// How often the operation was performed on the stream in the last 24 hours; 0 on the instant clock.
fn lately(context: &Context<'_>, stream: &str, operation: &str) -> usize {
    let (Some(kept), Some(_)) = (context.document(STREAM, stream), context.clock.lasting(DAY)) else { return 0 };
    let since = context.age() - DAY;
    let times = kept["changes"][operation].as_array().into_iter().flatten().filter_map(Value::as_f64);
    times.filter(|at| *at > since).count()
}

fn too_often(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let limit = A_DAY.iter().find(|(operation, _)| *operation == ask.operation);
    unless(limit.filter(|(operation, most)| lately(context, name(ask), operation) >= *most).map(|(operation, most)| {
        let message = format!("{operation} of stream {} is allowed {most} times within 24 hours.", name(ask));
        Refusal::new("LimitExceededException", message)
    }))
}

fn note(context: &mut Context<'_>, ask: &Ask, _: &mut Value) {
    let at = context.age();
    amend(context, name(ask), |kept| {
        let times = &mut kept["changes"][ask.operation.as_str()];
        if times.is_null() {
            *times = json!([]);
        }
        times.as_array_mut().into_iter().for_each(|times| times.push(json!(at)));
    });
}

fn young_key(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let key = ask.text("KeyId");
    unless(usage::is_young(context, key).then(|| {
        let message = format!("Key '{key}' does not exist");
        Refusal::new("KMSNotFoundException", message)
    }))
}

fn too_early(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let puts = matches!(ask.operation.as_str(), "PutRecord" | "PutRecords");
    unless((puts && state(context, name(ask)).as_deref() == Some("CREATING")).then(|| not_found(name(ask))))
}
