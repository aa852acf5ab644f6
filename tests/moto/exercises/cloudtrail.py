"""CloudTrail: a trail, once its bucket lets it write."""

from __future__ import annotations

import json

from .s3 import policy_for
from .world import REGION, SUFFIX, World, holds, refused, tagged, tags


def make(world: World) -> None:
    """Makes a trail, starts it and stops it."""
    s3, trails = world.client("s3"), world.client("cloudtrail")
    name, bucket = f"vidpipe-audit-{SUFFIX}", world.ids["bucket"]
    arn = f"arn:aws:cloudtrail:{REGION}:123456789012:trail/{name}"
    request = {"Name": name, "S3BucketName": bucket, "EnableLogFileValidation": True, "TagsList": tags()}
    nowhere = {**request, "S3BucketName": "no-such-bucket"}
    refused(lambda: trails.create_trail(**nowhere), "S3BucketDoesNotExistException")
    refused(lambda: trails.create_trail(**request), "InsufficientS3BucketPolicyException")
    policy = policy_for(bucket, arn)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(policy)
    holds(trails.create_trail(**request), {"TrailARN": arn, "LogFileValidationEnabled": True})
    refused(lambda: trails.create_trail(**request), "TrailAlreadyExistsException")
    settings = {"S3BucketName": bucket, "IncludeGlobalServiceEvents": True, "IsMultiRegionTrail": False}
    holds(trails.get_trail(Name=name)["Trail"], {"Name": name, "TrailARN": arn, **settings})
    holds(trails.list_trails()["Trails"], [{"Name": name, "TrailARN": arn, "HomeRegion": REGION}])
    tagged(trails.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"])
    trails.update_trail(Name=name, IsMultiRegionTrail=True)
    holds(trails.get_trail(Name=name)["Trail"], {"IsMultiRegionTrail": True, "LogFileValidationEnabled": True})
    for call, logging in ((trails.start_logging, True), (trails.stop_logging, False)):
        call(Name=arn)
        holds(trails.get_trail_status(Name=name), {"IsLogging": logging})
    refused(lambda: trails.start_logging(Name="no-such-trail"), "TrailNotFoundException")
    world.on_removal(
        "cloudtrail.trail",
        lambda: trails.delete_trail(Name=name),
        "TrailNotFoundException",
        look=lambda: trails.get_trail(Name=name),
    )
