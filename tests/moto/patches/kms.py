"""KMS: a key that is being deleted says so."""

from __future__ import annotations

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse

from .patch import around


class KMSInvalidState(JsonRESTError):
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"""

    code = 400

    def __init__(self, arn: str):
        super().__init__(error_type="KMSInvalidStateException", message=f"{arn} is pending deletion.")


def patch() -> None:
    """Applies every patch of this module."""
    pending_keys_refuse_a_second_schedule()
    schedule_tells_the_state()
    keys_are_known_by_their_arn()
    keys_of_aws_are_told_apart()


def pending_keys_refuse_a_second_schedule() -> None:
    """AWS answers KMSInvalidStateException to ScheduleKeyDeletion of a key already pending deletion. moto starts the
    window anew, so a teardown that runs twice would be told otherwise than on AWS.
    """

    @around(KmsBackend, "schedule_key_deletion")
    def schedule(original: Any, self: Any, key_id: str, pending_window_in_days: int) -> Any:
        key = self.keys[self.get_key_id(key_id)]
        if key.key_state == "PendingDeletion":
            raise KMSInvalidState(key.arn)
        return original(self, key.id, pending_window_in_days)


def schedule_tells_the_state() -> None:
    """AWS's answer to ScheduleKeyDeletion holds KeyState and PendingWindowInDays. moto leaves them out."""

    @around(KmsResponse, "schedule_key_deletion")
    def schedule(original: Any, self: Any) -> str:
        answer = json.loads(original(self))
        days = self._get_param("PendingWindowInDays") or 30
        return json.dumps({**answer, "KeyState": "PendingDeletion", "PendingWindowInDays": days})


def keys_are_known_by_their_arn() -> None:
    """AWS takes a key ARN wherever it takes an id. moto answers HTTP 500 (a KeyError) to ARNs in some operations."""
    for name in ("enable_key", "disable_key", "cancel_key_deletion"):

        @around(KmsBackend, name)
        def by_id(original: Any, self: Any, key_id: str) -> Any:
            return original(self, self.get_key_id(key_id))


def keys_of_aws_are_told_apart() -> None:
    """AWS manages the keys behind the aliases it reserves, such as alias/aws/secretsmanager, and says so: KeyManager is
    AWS. moto makes them when they are first used and says CUSTOMER, so they look like keys somebody left behind.
    """

    @around(KmsBackend, "_generate_default_keys")
    def generate(original: Any, self: Any, alias_name: str) -> str | None:
        key_id = original(self, alias_name)
        if key_id is not None:
            self.keys[key_id].key_manager = "AWS"
        return key_id
