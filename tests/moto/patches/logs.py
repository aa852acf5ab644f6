"""CloudWatch Logs: the KMS key of a log group that exists already."""

from __future__ import annotations

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse

from .patch import added


def patch() -> None:
    """Applies every patch of this module."""
    keys_are_associated_later()


def keys_are_associated_later() -> None:
    """AWS encrypts an existing log group from then on:
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html

    moto takes a key in CreateLogGroup only. vidpipe needs it for groups that a service may have created before.
    """

    def associate(response: LogsResponse, key: str | None) -> str:
        name = response._get_param("logGroupName") or response._get_param("resourceIdentifier").split(":log-group:")[-1]
        group = response.logs_backend.groups.get(name)
        if group is None:
            raise ResourceNotFoundException()
        group.kms_key_id = key
        return ""

    @added(LogsResponse)
    def associate_kms_key(self: LogsResponse) -> str:
        return associate(self, self._get_param("kmsKeyId"))

    @added(LogsResponse)
    def disassociate_kms_key(self: LogsResponse) -> str:
        return associate(self, None)
