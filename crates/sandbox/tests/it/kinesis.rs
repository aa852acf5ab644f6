//! Kinesis: streams, their settings, and their rules.

use std::time::Duration;

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{
    EncryptionType, MetricsName, ScalingType, StreamDescriptionSummary, StreamMode, StreamModeDetails, StreamStatus,
};
use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{Kept, client, code, sandbox};

const BUSY: &str = "ResourceInUseException";
const GONE: &str = "ResourceNotFoundException";
const KEY: &str = "alias/aws/kinesis";

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

fn mode(mode: StreamMode) -> StreamModeDetails {
    StreamModeDetails::builder().stream_mode(mode).build().unwrap()
}

async fn stream(kinesis: &Client, name: &str) {
    kinesis.create_stream().stream_name(name).shard_count(2).tags("a", "1").tags("b", "2").send().await.unwrap();
}

async fn summary(kinesis: &Client, name: &str) -> StreamDescriptionSummary {
    let seen = kinesis.describe_stream_summary().stream_name(name).send().await.unwrap();
    seen.stream_description_summary.unwrap()
}

async fn status(kinesis: &Client) -> StreamStatus {
    summary(kinesis, "s").await.stream_status
}

#[tokio::test]
async fn a_stream_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    let before = sandbox.inventory().unwrap();
    stream(&kinesis, "s").await;
    let again = kinesis.create_stream().stream_name("s").shard_count(2).send().await;
    assert_eq!(code(again), BUSY);
    let seen = summary(&kinesis, "s").await;
    assert_eq!((seen.open_shard_count, seen.encryption_type), (2, Some(EncryptionType::None)));
    let arn = seen.stream_arn;
    kinesis.add_tags_to_stream().stream_name("s").tags("c", "3").send().await.unwrap();
    kinesis.untag_resource().resource_arn(&arn).tag_keys("b").send().await.unwrap();
    kinesis.enable_enhanced_monitoring().stream_name("s").shard_level_metrics(MetricsName::All).send().await.unwrap();
    let start = || kinesis.start_stream_encryption().stream_name("s").encryption_type(EncryptionType::Kms).key_id(KEY);
    start().send().await.unwrap();
    kinesis.increase_stream_retention_period().stream_name("s").retention_period_hours(168).send().await.unwrap();
    let on_demand = kinesis.update_stream_mode().stream_arn(&arn).stream_mode_details(mode(StreamMode::OnDemand));
    on_demand.send().await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    let seen = summary(&kinesis, "s").await;
    assert_eq!((seen.encryption_type.as_ref(), seen.key_id()), (Some(&EncryptionType::Kms), Some(KEY)));
    assert_eq!((seen.retention_period_hours, &seen.stream_status), (168, &StreamStatus::Active));
    assert_eq!(seen.stream_mode_details().unwrap().stream_mode(), &StreamMode::OnDemand);
    assert_eq!(seen.enhanced_monitoring()[0].shard_level_metrics().len(), 7);
    let by_name = kinesis.list_tags_for_stream().stream_name("s").send().await.unwrap();
    let tags: Vec<_> = by_name.tags().iter().map(|t| (t.key(), t.value().unwrap())).collect();
    assert_eq!(tags, [("a", "1"), ("c", "3")]);
    let by_arn = kinesis.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(by_arn.tags(), by_name.tags());

    let delete = || kinesis.delete_stream().stream_name("s").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), GONE);
    assert_eq!(code(kinesis.list_tags_for_stream().stream_name("s").send().await), GONE);
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test]
async fn a_stream_takes_records() {
    let sandbox = sandbox();
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    stream(&kinesis, "s").await;
    let put = kinesis.put_record().stream_name("s").partition_key("p").data(Blob::new("r")).send().await.unwrap();
    assert!(put.shard_id().starts_with("shardId-") && !put.sequence_number().is_empty());
    let put = kinesis.put_record().stream_name("other").partition_key("p").data(Blob::new("r")).send().await;
    assert_eq!(code(put), GONE);
}

#[tokio::test]
async fn streams_are_listed_in_pages() {
    let sandbox = sandbox();
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    for i in 0..23 {
        stream(&kinesis, &format!("s-{i:02}")).await;
    }
    let all = kinesis.list_streams().send().await.unwrap();
    assert_eq!((all.stream_names().len(), all.has_more_streams()), (23, false));
    let pages = kinesis.list_streams().limit(10).into_paginator().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!(pages.iter().map(|p| p.stream_names().len()).collect::<Vec<_>>(), [10, 10, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_not_active_is_left_alone() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    stream(&kinesis, "s").await;
    let put = || kinesis.put_record().stream_name("s").partition_key("p").data(Blob::new("r")).send();
    let longer = |h| kinesis.increase_stream_retention_period().stream_name("s").retention_period_hours(h).send();
    let shards = |n| {
        let call = kinesis.update_shard_count().stream_name("s").target_shard_count(n);
        call.scaling_type(ScalingType::UniformScaling).send()
    };
    let tag = || kinesis.add_tags_to_stream().stream_name("s").tags("c", "3").send();
    let delete = || kinesis.delete_stream().stream_name("s").send();
    assert_eq!(status(&kinesis).await, StreamStatus::Creating);
    assert_eq!(code(put().await), GONE);
    for at in ["CREATING", "UPDATING"] {
        assert_eq!(status(&kinesis).await.as_str(), at);
        assert_eq!(code(longer(48).await), BUSY, "{at}");
        assert_eq!(code(shards(4).await), BUSY, "{at}");
        assert_eq!(code(tag().await), BUSY, "{at}");
        assert_eq!(code(delete().await), BUSY, "{at}");
        wait(26).await;
        assert_eq!(status(&kinesis).await, StreamStatus::Active);
        if at == "CREATING" {
            shards(4).await.unwrap();
        }
    }
    put().await.unwrap();
    longer(48).await.unwrap();
    wait(7).await;
    delete().await.unwrap();
    assert_eq!(status(&kinesis).await, StreamStatus::Deleting);
    assert_eq!(code(delete().await), BUSY);
    put().await.expect("a stream that is going may go on taking records");
    wait(21).await;
    assert_eq!(code(delete().await), GONE);
    stream(&kinesis, "s").await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_with_consumers_goes_only_with_them() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    stream(&kinesis, "s").await;
    wait(26).await;
    let arn = summary(&kinesis, "s").await.stream_arn;
    let register = |name: &str| kinesis.register_stream_consumer().stream_arn(&arn).consumer_name(name).send();
    let first = register("first").await.unwrap().consumer.unwrap();
    register("second").await.unwrap();
    let delete = || kinesis.delete_stream().stream_name("s");
    assert_eq!(code(delete().send().await), BUSY);
    kinesis.deregister_stream_consumer().consumer_arn(first.consumer_arn()).send().await.unwrap();
    assert_eq!(code(delete().enforce_consumer_deletion(false).send().await), BUSY);
    delete().enforce_consumer_deletion(true).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn five_streams_are_made_at_once_and_no_more() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    for name in ["a", "b", "c", "d", "e"] {
        stream(&kinesis, name).await;
    }
    let sixth = || kinesis.create_stream().stream_name("f").shard_count(1).send();
    assert_eq!(code(sixth().await), "LimitExceededException");
    wait(26).await;
    kinesis.delete_stream().stream_name("a").send().await.unwrap();
    sixth().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_a_stream_can_be_asked_has_limits() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    let bare = kinesis.create_stream().stream_name("s").send().await;
    assert_eq!(code(bare), "InvalidArgumentException");
    stream(&kinesis, "s").await;
    wait(26).await;
    let shards = async |n| {
        wait(30).await;
        let call = kinesis.update_shard_count().stream_name("s").target_shard_count(n);
        call.scaling_type(ScalingType::UniformScaling).send().await
    };
    for n in [5, 0] {
        assert_eq!(code(shards(n).await), "InvalidArgumentException", "{n}");
    }
    for n in [4, 3, 2, 4, 3, 2, 4, 3, 2, 4] {
        shards(n).await.unwrap();
    }
    assert_eq!(code(shards(3).await), "LimitExceededException");
    let arn = summary(&kinesis, "s").await.stream_arn;
    let change = async |to| {
        wait(30).await;
        kinesis.update_stream_mode().stream_arn(&arn).stream_mode_details(mode(to)).send().await
    };
    change(StreamMode::OnDemand).await.unwrap();
    wait(86_400).await;
    assert_eq!(code(shards(2).await), "ValidationException");
    change(StreamMode::Provisioned).await.unwrap();
    change(StreamMode::OnDemand).await.unwrap();
    assert_eq!(code(change(StreamMode::Provisioned).await), "LimitExceededException");
    let longer = |h| kinesis.increase_stream_retention_period().stream_name("s").retention_period_hours(h).send();
    wait(86_400).await;
    change(StreamMode::Provisioned).await.unwrap();
    wait(30).await;
    assert_eq!(code(longer(8761).await), "InvalidArgumentException");
    longer(8760).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_new_stream_shows_only_after_a_moment() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let kinesis = client!(aws_sdk_kinesis, sandbox);
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    stream(&kinesis, "s").await;
    assert_eq!(code(kinesis.describe_stream_summary().stream_name("s").send().await), GONE);
    assert_eq!(code(kinesis.list_tags_for_stream().stream_name("s").send().await), GONE);
    wait(3).await;
    assert_eq!(status(&kinesis).await, StreamStatus::Creating);
}
