"""S3, CloudTrail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .account import Account


def everything(account: Account) -> dict[str, list[Any]]:
    """Buckets with what is set on them and how much is in them, and trails."""
    return {"s3:bucket": buckets(account), "cloudtrail:trail": trails(account)}


def buckets(account: Account) -> list[Any]:
    """The buckets of the region."""
    s3, found = account.client("s3"), []
    for entry in account.every("s3", "list_buckets", "Buckets", BucketRegion=account.region):
        name = entry["Name"]
        policy = answered(lambda name=name: s3.get_bucket_policy(Bucket=name)["Policy"])
        bucket = {
            "Name": name,
            "TagSet": answered(lambda name=name: s3.get_bucket_tagging(Bucket=name)["TagSet"]),
            "Versioning": s3.get_bucket_versioning(Bucket=name).get("Status"),
            "Policy": json.loads(policy) if policy else None,
        }
        encryption = s3.get_bucket_encryption(Bucket=name)
        bucket["Encryption"] = encryption["ServerSideEncryptionConfiguration"]["Rules"]
        for member, call, key in (
            ("PublicAccess", s3.get_public_access_block, "PublicAccessBlockConfiguration"),
            ("Lifecycle", s3.get_bucket_lifecycle_configuration, "Rules"),
        ):
            bucket[member] = answered(lambda name=name, call=call, key=key: call(Bucket=name)[key])
        for member in ("Versions", "DeleteMarkers"):
            bucket[member] = len(account.every("s3", "list_object_versions", member, Bucket=name))
        bucket["Uploads"] = len(account.every("s3", "list_multipart_uploads", "Uploads", Bucket=name))
        found.append(bucket)
    return found


def answered(call: Callable[[], Any]) -> Any:
    """The answer; None where S3 says that there is no such setting."""
    try:
        return call()
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("NoSuch"):
            raise
        return None


def trails(account: Account) -> list[Any]:
    """The trails that are at home in the region, with whether they log."""
    cloudtrail, found = account.client("cloudtrail"), []
    for entry in account.every("cloudtrail", "list_trails", "Trails"):
        if entry["HomeRegion"] != account.region:
            continue
        arn = entry["TrailARN"]
        trail = cloudtrail.get_trail(Name=arn)["Trail"]
        trail["IsLogging"] = cloudtrail.get_trail_status(Name=arn)["IsLogging"]
        trail["Tags"] = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"]
        found.append(trail)
    return found
