"""S3: tags inside the call that makes a bucket, the encryption every bucket has, and the form of an answer."""

from __future__ import annotations

from typing import Any

import xmltodict
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from .patch import around


def patch() -> None:
    """Applies every patch of this module."""
    buckets_are_made_with_their_tags()
    buckets_are_always_encrypted()
    versioning_is_told_as_aws_does()


def buckets_are_made_with_their_tags() -> None:
    """CreateBucket takes tags in its CreateBucketConfiguration; moto drops them. A second create of a bucket that is
    there already (us-east-1 answers it with success) changes nothing.
    """

    @around(S3Response, "_bucket_response_put")
    def put(original: Any, self: Any, request: Any, bucket_name: str, querystring: Any) -> Any:
        new = bucket_name not in self.backend.buckets
        answer = original(self, request, bucket_name, querystring)
        if new and bucket_name in self.backend.buckets and self.body:
            self.backend.put_bucket_tagging(bucket_name, given(self.body))
        return answer


def given(body: bytes) -> dict[str, str]:
    """The tags in the body of a CreateBucket."""
    configuration = xmltodict.parse(body, force_list=("Tag",)).get("CreateBucketConfiguration") or {}
    found = (configuration.get("Tags") or {}).get("Tag") or []
    return {tag["Key"]: tag["Value"] or "" for tag in found}


def buckets_are_always_encrypted() -> None:
    """AWS encrypts every bucket with a key of its own where nothing else is asked for, and says so. moto answers
    ServerSideEncryptionConfigurationNotFoundError, which AWS stopped answering in 2023.
    """

    @around(S3Backend, "get_bucket_encryption")
    def encryption(original: Any, self: Any, bucket_name: str) -> dict[str, Any]:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}
        return original(self, bucket_name) or {"Rule": rule}


def versioning_is_told_as_aws_does() -> None:
    """The answer to GetBucketVersioning is a VersioningConfiguration; moto names it after the operation, which clients
    that look at the name refuse.
    """

    @around(S3Response, "get_bucket_versioning")
    def versioning(original: Any, self: Any) -> Any:
        status, headers, body = original(self)
        text = body.decode() if isinstance(body, bytes) else body
        return status, headers, text.replace("GetBucketVersioningResponse", "VersioningConfiguration")
