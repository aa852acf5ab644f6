"""Calls of an API under its own host name: ministack knows it by another."""

from __future__ import annotations

import re
from typing import Any

from web import Answer, Request

HOST = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com")


async def call(router: Any, request: Request) -> Answer:
    """ministack checks the key."""
    host = f"{HOST.match(request.headers['host'])['api']}.execute-api.localhost".encode()
    headers = [(name, host if name == b"host" else value) for name, value in request.scope["headers"]]
    return await router.ask(Request(**{**vars(request), "scope": {**request.scope, "headers": headers}}))


RULES = ((lambda request: HOST.match(request.headers.get("host", "")) is not None, call),)
