"""In front of ministack: what it lacks is answered here, and everything else is its own.

ministack sees every request first and checks its signature and what the caller may do: only what it then does not know
is answered by one of `RULES`. Nothing here may be kinder than AWS's documentation.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import backups
import execute
import linked
import links
import orderable
import routes
import scaling
import sql
import stream
import tags
import tasks
from web import Answer, Request

LACKING = (execute, scaling, linked, links, routes, tags, stream, sql, tasks, orderable, backups)
RULES = tuple(rule for lacking in LACKING for rule in lacking.RULES)


class Router:
    """The ASGI application."""

    def __init__(self, inner: Callable[..., Any], root: tuple[str, str], host: str) -> None:
        self.inner, self.root, self.host = inner, Credentials(*root), host
        self.kept: dict[str, Any] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        request = await Request.read(scope, receive)
        for is_for, rule in RULES:
            if is_for(request):
                answer = await rule(self, request)
                break
        else:
            answer = await self.ask(request)
        await answer.send(send)

    async def ask(self, request: Request) -> Answer:
        """What ministack says to it."""
        heard: list[dict[str, Any]] = []
        body = [{"type": "http.request", "body": request.body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return body.pop() if body else await asyncio.Future()

        async def send(message: dict[str, Any]) -> None:
            heard.append(message)

        # Policies may ask for TLS, which AWS always speaks.
        headers = [*request.scope["headers"], (b"x-forwarded-proto", b"https")]
        scope = {**request.scope, "headers": headers}
        # ministack keeps who asks, and where, in variables of the task.
        context = contextvars.copy_context()
        await asyncio.create_task(self.inner(scope, receive, send), context=context)
        start = next(m for m in heard if m["type"] == "http.response.start")
        return Answer(
            start["status"], list(start["headers"]), b"".join(m.get("body", b"") for m in heard if m is not start)
        )

    async def ask_as_root(
        self, like: Request, method: str, path: str, body: bytes = b"", query: str = "", **headers: str
    ) -> Answer:
        """What ministack says to a request of the router's own, to the service and region of another one."""
        headers = {"host": self.host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url = f"http://{self.host}{quote(path)}{'?' + query if query else ''}"
        request = AWSRequest(method, url, headers=headers, data=body)
        signer = S3SigV4Auth if like.service == "s3" else SigV4Auth
        signer(self.root, like.service, like.region).add_auth(request)
        signed = [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
        scope = {
            **like.scope,
            "method": method,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": query.encode(),
            "headers": signed,
        }
        return await self.ask(Request(method, path, query, {}, body, scope))
