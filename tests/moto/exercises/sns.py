"""SNS: a topic, its policy, and who subscribes to it."""

from __future__ import annotations

import json
from typing import Any

from .world import SUFFIX, World, holds, refused, tagged, tags

NAME = f"streamflix-alerts-{SUFFIX}"
MAIL = "someone@example.com"


def make(world: World) -> None:
    """Makes the topic, changes it, and has a queue and a person subscribe."""
    sns = world.client("sns")
    arn = sns.create_topic(Name=NAME, Attributes={"DisplayName": "Alerts"}, Tags=tags())["TopicArn"]
    assert sns.create_topic(Name=NAME, Attributes={"DisplayName": "Alerts"}, Tags=tags())["TopicArn"] == arn
    holds(sns.get_topic_attributes(TopicArn=arn)["Attributes"], {"DisplayName": "Alerts", "TopicArn": arn})
    tagged(sns.list_tags_for_resource(ResourceArn=arn)["Tags"])
    unknown = f"{arn}-2"
    refused(lambda: sns.get_topic_attributes(TopicArn=unknown), "NotFound", "NotFoundException")
    refused(lambda: sns.list_tags_for_resource(ResourceArn=unknown), "ResourceNotFound", "ResourceNotFoundException")
    deny = {"Sid": "OnlyWithTls", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sns:Publish", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
    sns.set_topic_attributes(TopicArn=arn, AttributeName="DisplayName", AttributeValue="Other")
    found = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    assert json.loads(found["Policy"]) == policy and found["DisplayName"] == "Other", found
    # AWS documents no error for deleting a topic that is gone.
    world.on_removal(
        "sns.topic",
        lambda: sns.delete_topic(TopicArn=arn),
        look=lambda: sns.get_topic_attributes(TopicArn=arn),
        gone=("NotFound", "NotFoundException"),
    )
    subscribe_queue(world, arn)
    subscribe_person(world, arn)


def attributes(sns: Any, arn: str) -> dict[str, str]:
    """What is said of a subscription."""
    return sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]


def subscribe_queue(world: World, topic: str) -> None:
    """A queue is subscribed at once, and once."""
    sns = world.client("sns")
    asked = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": world.ids["queue"], "ReturnSubscriptionArn": True}
    arn = sns.subscribe(**asked)["SubscriptionArn"]
    assert sns.subscribe(**asked)["SubscriptionArn"] == arn, "subscribed twice"
    assert attributes(sns, arn)["PendingConfirmation"].lower() == "false"
    listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    holds(listed, [{"SubscriptionArn": arn, "Protocol": "sqs", "Endpoint": world.ids["queue"], "TopicArn": topic}])
    # AWS documents no error for leaving twice.
    world.on_removal(
        "sns.subscription",
        lambda: sns.unsubscribe(SubscriptionArn=arn),
        look=lambda: sns.get_subscription_attributes(SubscriptionArn=arn),
        gone=("NotFound", "NotFoundException"),
    )


def subscribe_person(world: World, topic: str) -> None:
    """A person is pending, has no ARN in lists, and cannot be removed before confirming; goes with the topic here."""
    sns = world.client("sns")
    asked = {"TopicArn": topic, "Protocol": "email", "Endpoint": MAIL}
    assert sns.subscribe(**asked)["SubscriptionArn"] == "pending confirmation"
    arn = sns.subscribe(**asked, ReturnSubscriptionArn=True)["SubscriptionArn"]
    assert arn.startswith(topic), arn
    assert attributes(sns, arn)["PendingConfirmation"] == "true"
    for listed in (sns.list_subscriptions(), sns.list_subscriptions_by_topic(TopicArn=topic)):
        [mine] = [entry for entry in listed["Subscriptions"] if entry["Endpoint"] == MAIL]
        assert mine["SubscriptionArn"] == "PendingConfirmation", mine
    refused(lambda: sns.unsubscribe(SubscriptionArn=arn), "InvalidParameter", "InvalidParameterException")
