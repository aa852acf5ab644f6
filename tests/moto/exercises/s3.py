"""S3: a bucket with everything an audit log needs, and its contents."""

from __future__ import annotations

import json

from .world import SUFFIX, World, holds, refused, tagged, tags


def make(world: World) -> None:
    """Makes a bucket, sets it up, and fills it."""
    make_bucket(world)
    set_up(world)
    fill(world)


def make_bucket(world: World) -> None:
    """A bucket with its tags; in us-east-1 a second create of one's own changes nothing."""
    s3, name = world.client("s3"), f"vidpipe-audit-{SUFFIX}"
    refused(lambda: s3.get_bucket_tagging(Bucket=name), "NoSuchBucket")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"Tags": tags()})
    tagged(s3.get_bucket_tagging(Bucket=name)["TagSet"])
    s3.create_bucket(Bucket=name)
    tagged(s3.get_bucket_tagging(Bucket=name)["TagSet"])
    holds([b["Name"] for b in s3.list_buckets(Prefix=name)["Buckets"]], [name])
    world.ids["bucket"] = name
    world.on_removal(
        "s3.bucket",
        lambda: s3.delete_bucket(Bucket=name),
        "NoSuchBucket",
        look=lambda: s3.get_bucket_tagging(Bucket=name),
    )


def set_up(world: World) -> None:
    """Versioning, encryption, no public access, a lifecycle; each read back."""
    s3, name = world.client("s3"), world.ids["bucket"]
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    holds(s3.get_bucket_versioning(Bucket=name), {"Status": "Enabled"})
    default = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    holds(default, {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    holds(s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"], {"Rules": [rule]})
    refused(lambda: s3.get_public_access_block(Bucket=name), "NoSuchPublicAccessBlockConfiguration")
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    holds(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"], block)
    refused(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name), "NoSuchLifecycleConfiguration")
    expiry = {
        "ID": "expiry",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": 90},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 90},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [expiry]})
    holds(s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"], [expiry])
    refused(lambda: s3.get_bucket_policy(Bucket=name), "NoSuchBucketPolicy")


def fill(world: World) -> None:
    """Two versions, a delete marker and an unfinished upload, all of which must go before the bucket."""
    s3, name = world.client("s3"), world.ids["bucket"]
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="AWSLogs/file", Body=body)
    s3.delete_object(Bucket=name, Key="AWSLogs/file")
    refused(lambda: s3.delete_bucket(Bucket=name), "BucketNotEmpty")
    upload = s3.create_multipart_upload(Bucket=name, Key="unfinished")["UploadId"]
    holds([u["UploadId"] for u in s3.list_multipart_uploads(Bucket=name, MaxUploads=1)["Uploads"]], [upload])
    # AWS documents success for versions that are gone; the second removal is none of its own.
    world.on_removal("s3.contents", lambda: empty(world))
    world.on_removal(
        "s3.upload",
        lambda: s3.abort_multipart_upload(Bucket=name, Key="unfinished", UploadId=upload),
        "NoSuchUpload",
    )


def empty(world: World) -> None:
    """Deletes every version and marker, as one call does."""
    s3, name = world.client("s3"), world.ids["bucket"]
    seen = s3.list_object_versions(Bucket=name)
    every = [*seen.get("Versions", []), *seen.get("DeleteMarkers", [])]
    if every:
        objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in every]
        answer = s3.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True})
        assert not answer.get("Errors"), answer["Errors"]
    left = s3.list_object_versions(Bucket=name)
    assert not left.get("Versions") and not left.get("DeleteMarkers"), left


def policy_for(bucket: str, trail: str) -> str:
    """The policy that lets one trail write to the bucket."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    arn, folder = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/AWSLogs/123456789012/*"
    source = {"StringEquals": {"aws:SourceArn": trail}}
    sees = {"Effect": "Allow", "Principal": service, "Action": "s3:GetBucketAcl", "Resource": arn, "Condition": source}
    writes = {**sees, "Action": "s3:PutObject", "Resource": folder}
    return json.dumps({"Version": "2012-10-17", "Statement": [sees, writes]})
