"""CloudTrail: trails that are made once, need their bucket's policy, and are gone once."""

from __future__ import annotations

import json
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend
from moto.core.exceptions import JsonRESTError
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from .patch import around

CLOUDTRAIL = "cloudtrail.amazonaws.com"


class TrailAlreadyExists(JsonRESTError):
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html"""

    code = 400

    def __init__(self, name: str):
        super().__init__("TrailAlreadyExistsException", f"Trail {name} already exists")


class InsufficientS3BucketPolicy(JsonRESTError):
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html"""

    code = 400

    def __init__(self, bucket: str):
        super().__init__(
            "InsufficientS3BucketPolicyException", f"Incorrect S3 bucket policy is detected for bucket: {bucket}"
        )


def patch() -> None:
    """Applies every patch of this module."""
    trails_are_made_once_and_with_a_policy()
    trails_are_gone_once_and_by_arn_too()


def trails_are_made_once_and_with_a_policy() -> None:
    """AWS refuses a second trail of a name, and a trail whose bucket's policy does not let CloudTrail write for it.
    moto replaces the first, and looks at no policy.
    """

    @around(CloudTrailBackend, "create_trail")
    def create(original: Any, self: Any, name: str, bucket_name: str, *args: Any) -> Any:
        if name in self.trails:
            raise TrailAlreadyExists(name)
        partition = get_partition(self.region_name)
        bucket = s3_backends[self.account_id][partition].buckets.get(bucket_name)
        arn = f"arn:{partition}:cloudtrail:{self.region_name}:{self.account_id}:trail/{name}"
        if bucket is not None and not lets_in(bucket.policy, arn):
            raise InsufficientS3BucketPolicy(bucket_name)
        return original(self, name, bucket_name, *args)


def lets_in(policy: bytes | str | None, trail: str) -> bool:
    """Whether the policy lets CloudTrail see the bucket's owner and write to it, for that trail."""
    statements = json.loads(policy)["Statement"] if policy else []
    allowed = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        source = statement.get("Condition", {}).get("StringEquals", {}).get("aws:SourceArn", trail)
        named = isinstance(principal, dict) and CLOUDTRAIL in every(principal.get("Service"))
        if statement["Effect"] == "Allow" and named and trail in every(source):
            allowed.update(every(statement["Action"]))
    return {"s3:GetBucketAcl", "s3:PutObject"} <= allowed


def every(one_or_many: Any) -> list[Any]:
    """A list, whichever of the two ways a policy writes it."""
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]


def trails_are_gone_once_and_by_arn_too() -> None:
    """AWS knows a trail by its name or ARN, refuses to delete one that is not there, and forgets its tags with it. moto
    answers success in any case, deletes by name only, and keeps the tags.
    """

    @around(CloudTrailBackend, "delete_trail")
    def delete(original: Any, self: Any, name: str) -> None:
        trail = self.get_trail(name)
        self.tagging_service.delete_all_tags_for_resource(trail.arn)
        original(self, trail.trail_name)
