"""SQS: a dead-letter queue and its policy."""

from __future__ import annotations

import json

from .world import SUFFIX, TAGS, World, holds, refused, tagged

NAME = f"streamflix-dead-letters-{SUFFIX}"
# Botocore tells the code of the query protocol, others that of the JSON protocol.
GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def make(world: World) -> None:
    """Makes the queue, changes it, gives it a policy and takes that away, and sends a message through it."""
    sqs = world.client("sqs")
    asked = {"MessageRetentionPeriod": "1209600", "VisibilityTimeout": "60", "SqsManagedSseEnabled": "true"}
    url = sqs.create_queue(QueueName=NAME, Attributes=asked, tags=TAGS)["QueueUrl"]
    assert sqs.create_queue(QueueName=NAME, Attributes=asked)["QueueUrl"] == url, "the same attributes, another queue"
    other = asked | {"VisibilityTimeout": "61"}
    refused(lambda: sqs.create_queue(QueueName=NAME, Attributes=other), "QueueAlreadyExists", "QueueNameExists")
    assert sqs.get_queue_url(QueueName=NAME)["QueueUrl"] == url
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    holds(found, asked)
    world.ids["queue"] = found["QueueArn"]
    tagged(sqs.list_queue_tags(QueueUrl=url)["Tags"])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "86400"})
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sqs:*", "Resource": found["QueueArn"]}
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["MessageRetentionPeriod"] == "86400" and json.loads(found["Policy"]) == policy, found
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert "Policy" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
    assert url in sqs.list_queues(MaxResults=1000)["QueueUrls"]
    sqs.send_message(QueueUrl=url, MessageBody="m")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "m"
    world.on_removal(
        "sqs.queue",
        lambda: sqs.delete_queue(QueueUrl=url),
        *GONE,
        look=lambda: sqs.get_queue_url(QueueName=NAME),
    )
