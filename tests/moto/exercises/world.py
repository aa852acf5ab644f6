"""What the exercises share: clients, tags, ids made so far, the checks, and the removals to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "us-east-1"
SUFFIX = "exercise"
TAGS = {"vidpipe:suffix": SUFFIX, "vidpipe:lineage": "0123456789abcdef"}


@dataclass(eq=False)
class Removal:
    """How to remove one thing, and the codes allowed when it is removed a second time (none = no error allowed)."""

    what: str
    delete: Callable[[], Any]
    again: tuple[str, ...]
    # After the deletion `look` must fail with one of `gone`, where both are given.
    look: Callable[[], Any] | None
    gone: tuple[str, ...]


@dataclass
class World:
    """One run against one endpoint."""

    endpoint: str
    ids: dict[str, Any] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto client for `service`, with retries off. CloudWatch speaks rpc-v2-cbor, the only protocol the Rust SDK
        has for it.
        """
        if service not in self.clients:
            session = botocore.session.Session()
            if service == "cloudwatch":
                model = session.get_component("data_loader").load_service_model("cloudwatch", "service-2")
                model["metadata"]["protocols"] = ["smithy-rpc-v2-cbor"]
            self.clients[service] = session.create_client(
                service,
                region_name=REGION,
                endpoint_url=self.endpoint,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self.clients[service]

    def on_removal(
        self,
        what: str,
        delete: Callable[[], Any],
        *again: str,
        look: Callable[[], Any] | None = None,
        gone: tuple[str, ...] = (),
    ) -> None:
        """Registers a removal; removals run in the reverse of this order."""
        self.removals.append(Removal(what, delete, again, look, gone or again))

    def remove(self, title: str) -> None:
        """Runs the removals of the services named in `title`, last made first, each twice.

        One that fails does not keep the others from running; the first failure is raised at the end.
        """
        own = [removal for removal in reversed(self.removals) if removal.what.split(".")[0] in title]
        failures = []
        for removal in own:
            self.removals.remove(removal)
            try:
                self.remove_twice(removal)
            except Exception as failure:  # noqa: BLE001 - whatever it is, it is reported below
                failure.add_note(f"while removing {removal.what}")
                failures.append(failure)
        if failures:
            raise failures[0]

    def remove_twice(self, removal: Removal) -> None:
        """Deletes, looks that it is gone, deletes again."""
        removal.delete()
        if removal.look is not None:
            refused(removal.look, *removal.gone)
        if removal.again:
            refused(removal.delete, *removal.again)
        else:
            removal.delete()


def tags(key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """The tags every resource is made with, as a list under the names a service uses."""
    return [{key: k, value: v} for k, v in TAGS.items()]


def specification(resource_type: str) -> list[dict[str, Any]]:
    """EC2's way of giving tags on create."""
    return [{"ResourceType": resource_type, "Tags": tags()}]


def tagged(found: list[dict[str, str]] | dict[str, str]) -> None:
    """Checks that tags read back, in whatever form a service has, hold the ones given."""
    if isinstance(found, list):
        found = {
            next(v for k, v in tag.items() if k.lower().endswith("key")): next(
                v for k, v in tag.items() if k.lower().endswith("value")
            )
            for tag in found
        }
    holds(found, TAGS)


def holds(found: Any, wanted: Any, path: str = "") -> None:
    """Checks that `found` holds `wanted`: dictionaries by the keys wanted, lists and values exactly."""
    if isinstance(wanted, dict):
        assert isinstance(found, dict), f"{path or 'answer'} is {found!r}, wanted {wanted!r}"
        for key, value in wanted.items():
            assert key in found, f"{path}.{key} is missing, wanted {value!r}; there are {sorted(found)}"
            holds(found[key], value, f"{path}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(found, list) and len(found) == len(wanted), f"{path} is {found!r}, wanted {wanted!r}"
        for index, value in enumerate(wanted):
            holds(found[index], value, f"{path}[{index}]")
    else:
        assert found == wanted, f"{path or 'answer'} is {found!r}, wanted {wanted!r}"


def refused(call: Callable[[], Any], *codes: str) -> None:
    """Checks that a call is refused with one of these AWS error codes, and not by a fault of the server."""
    try:
        answer = call()
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert status < 500, f"answered HTTP {status}: {error}"
        assert code in codes, f"refused with {code}, wanted one of {codes}: {error}"
        return
    raise AssertionError(f"was allowed, wanted one of {codes}; answered {answer!r}")
