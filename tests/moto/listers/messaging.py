"""Kinesis, SQS, SNS."""

from __future__ import annotations

from typing import Any

from .account import Account

# What tells of messages and records, which come and go by themselves.
COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible")
TIMES = ("CreatedTimestamp", "LastModifiedTimestamp")


def everything(account: Account) -> dict[str, list[Any]]:
    """Streams with their consumers, queues, topics with their subscriptions."""
    return {
        "kinesis:stream": streams(account),
        "sqs:queue": queues(account),
        "sns:topic": topics(account),
        "sns:subscription": account.every("sns", "list_subscriptions", "Subscriptions"),
    }


def streams(account: Account) -> list[Any]:
    """Streams with their tags and consumers."""
    kinesis, found = account.client("kinesis"), []
    for name in account.every("kinesis", "list_streams", "StreamNames"):
        stream = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        stream["Tags"] = kinesis.list_tags_for_stream(StreamName=name)["Tags"]
        stream["Consumers"] = account.every(
            "kinesis", "list_stream_consumers", "Consumers", StreamARN=stream["StreamARN"]
        )
        found.append(stream)
    return found


def queues(account: Account) -> list[Any]:
    """Queues with their attributes and tags."""
    sqs, found = account.client("sqs"), []
    for url in account.every("sqs", "list_queues", "QueueUrls"):
        queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        queue = {name: value for name, value in queue.items() if name not in (*COUNTS, *TIMES)}
        found.append({"QueueUrl": url, **queue, "Tags": sqs.list_queue_tags(QueueUrl=url).get("Tags", {})})
    return found


def topics(account: Account) -> list[Any]:
    """Topics with their attributes and tags."""
    sns, found = account.client("sns"), []
    for topic in account.every("sns", "list_topics", "Topics"):
        arn = topic["TopicArn"]
        attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
        found.append({**attributes, "Tags": sns.list_tags_for_resource(ResourceArn=arn)["Tags"]})
    return found
