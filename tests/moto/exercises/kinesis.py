"""Kinesis: a stream and what is set on it."""

from __future__ import annotations

from functools import partial

from .world import SUFFIX, TAGS, World, holds, refused, tagged

NAME = f"streamflix-videos-{SUFFIX}"


def make(world: World) -> None:
    """Makes the stream, then changes all that can be changed."""
    make_stream(world)
    change_settings(world)
    change_shards(world)
    take_records(world)
    list_in_pages(world)


def make_stream(world: World) -> None:
    """The stream, with its tags; its name is refused a second time, in words that say so."""
    kinesis = world.client("kinesis")
    provisioned = {"StreamModeDetails": {"StreamMode": "PROVISIONED"}, "ShardCount": 2}
    kinesis.create_stream(StreamName=NAME, Tags=TAGS, **provisioned)
    refused(lambda: kinesis.create_stream(StreamName=NAME, **provisioned), "ResourceInUseException")
    try:
        kinesis.create_stream(StreamName=NAME, **provisioned)
    except kinesis.exceptions.ResourceInUseException as taken:
        assert "already exists" in str(taken), taken
    found = kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]
    holds(found, {"StreamStatus": "ACTIVE", "OpenShardCount": 2, "RetentionPeriodHours": 24, "StreamName": NAME})
    world.ids["stream"] = found["StreamARN"]
    tagged(kinesis.list_tags_for_stream(StreamName=NAME)["Tags"])
    kinesis.register_stream_consumer(StreamARN=found["StreamARN"], ConsumerName="reader")
    refused(lambda: kinesis.delete_stream(StreamName=NAME), "ResourceInUseException")
    world.on_removal(
        "kinesis.stream",
        lambda: kinesis.delete_stream(StreamName=NAME, EnforceConsumerDeletion=True),
        "ResourceNotFoundException",
        look=lambda: kinesis.describe_stream_summary(StreamName=NAME),
    )


def change_settings(world: World) -> None:
    """Retention up and down, each by its own call; encryption; metrics of every shard."""
    kinesis = world.client("kinesis")
    longer = partial(kinesis.increase_stream_retention_period, StreamName=NAME)
    shorter = partial(kinesis.decrease_stream_retention_period, StreamName=NAME)
    longer(RetentionPeriodHours=168)
    refused(lambda: longer(RetentionPeriodHours=48), "InvalidArgumentException")
    refused(lambda: longer(RetentionPeriodHours=8761), "InvalidArgumentException")
    shorter(RetentionPeriodHours=48)
    encryption = {"StreamName": NAME, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    kinesis.start_stream_encryption(**encryption)
    kinesis.enable_enhanced_monitoring(StreamName=NAME, ShardLevelMetrics=["ALL"])
    found = kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]
    holds(found, {"RetentionPeriodHours": 48, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"})
    assert len(found["EnhancedMonitoring"][0]["ShardLevelMetrics"]) == 7, found
    kinesis.disable_enhanced_monitoring(StreamName=NAME, ShardLevelMetrics=["ALL"])
    kinesis.stop_stream_encryption(**encryption)
    found = kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]
    holds(found, {"EncryptionType": "NONE", "EnhancedMonitoring": [{"ShardLevelMetrics": []}]})


def change_shards(world: World) -> None:
    """Twice as many shards, half as many, on demand and back."""
    kinesis = world.client("kinesis")
    for shards in (4, 2):
        kinesis.update_shard_count(StreamName=NAME, TargetShardCount=shards, ScalingType="UNIFORM_SCALING")
        holds(kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"], {"OpenShardCount": shards})
    for mode in ("ON_DEMAND", "PROVISIONED"):
        kinesis.update_stream_mode(StreamARN=world.ids["stream"], StreamModeDetails={"StreamMode": mode})
        found = kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]
        holds(found, {"StreamModeDetails": {"StreamMode": mode}})


def take_records(world: World) -> None:
    """A record goes in, and is in a shard."""
    put = world.client("kinesis").put_record(StreamName=NAME, PartitionKey="p", Data=b"r")
    assert put["ShardId"].startswith("shardId-") and put["SequenceNumber"], put


def list_in_pages(world: World) -> None:
    """More streams than on a page are all listed by those who follow tokens."""
    kinesis, others = world.client("kinesis"), [f"other-{i:02}" for i in range(11)]
    for name in others:
        kinesis.create_stream(StreamName=name, ShardCount=1)
    first = kinesis.list_streams(Limit=5)
    assert len(first["StreamNames"]) == 5 and first["HasMoreStreams"], first
    rest = kinesis.list_streams(NextToken=first["NextToken"])
    assert sorted(first["StreamNames"] + rest["StreamNames"]) == sorted([*others, NAME]), (first, rest)
    for name in others:
        kinesis.delete_stream(StreamName=name)
