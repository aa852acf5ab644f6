"""One account in one region: clients, and lists that are read to their end."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config


class Account:
    """What the listers read from."""

    def __init__(self, endpoint: str | None, region: str):
        self.endpoint = endpoint
        self.region = region
        # An emulator takes any credentials; AWS must get the caller's own.
        any_will_do = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"} if endpoint else {}
        self.session = boto3.Session(region_name=region, **any_will_do)
        self.clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A client of `service`."""
        if service not in self.clients:
            config = Config(retries={"mode": "standard"})
            self.clients[service] = self.session.client(service, endpoint_url=self.endpoint, config=config)
        return self.clients[service]

    def every(self, service: str, operation: str, member: str, **arguments: Any) -> list[Any]:
        """All of `member` over all pages of `operation`."""
        client = self.client(service)
        if client.can_paginate(operation):
            pages = client.get_paginator(operation).paginate(**arguments)
        else:
            pages = [getattr(client, operation)(**arguments)]
        return [item for page in pages for item in page.get(member) or []]


def batches(items: list[Any], size: int) -> list[list[Any]]:
    """`items` in lists of at most `size`."""
    return [items[start : start + size] for start in range(0, len(items), size)]
