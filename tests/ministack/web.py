"""A request and an answer, whole, as the router sees them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Request:
    """A request to AWS."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    scope: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    async def read(scope: dict[str, Any], receive: Any) -> Request:
        """The one that an ASGI server hands over."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        return Request(scope["method"], scope["path"], scope["query_string"].decode(), headers, body, scope)

    @property
    def target(self) -> str:
        """The operation of a service that speaks JSON, such as `Kinesis_20131202.CreateStream`."""
        return self.headers.get("x-amz-target", "")

    @property
    def action(self) -> str:
        """The operation of a service that speaks forms."""
        if "urlencoded" not in self.headers.get("content-type", ""):
            return ""
        return parse_qs(self.body.decode()).get("Action", [""])[0]

    @property
    def service(self) -> str:
        """What it is signed for."""
        scope = self.headers.get("authorization", "").partition("Credential=")[2].split("/")
        return scope[3] if len(scope) > 3 else ""

    @property
    def region(self) -> str:
        """Where."""
        scope = self.headers.get("authorization", "").partition("Credential=")[2].split("/")
        return scope[2] if len(scope) > 3 else "us-east-1"

    def json(self) -> dict[str, Any]:
        """Its body."""
        return json.loads(self.body or b"{}")


@dataclass
class Answer:
    """What AWS says."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @staticmethod
    def of(value: dict[str, Any], status: int = 200) -> Answer:
        """A JSON document."""
        return Answer(status, [(b"content-type", b"application/json")], json.dumps(value).encode())

    @staticmethod
    def refusal(code: str, message: str, status: int = 400) -> Answer:
        """An error, in the two ways in which services that speak JSON say it."""
        answer = Answer.of({"__type": code, "message": message}, status)
        answer.headers.append((b"x-amzn-errortype", code.encode()))
        return answer

    @property
    def is_done(self) -> bool:
        """Whether it says yes."""
        return self.status < 300

    def json(self) -> dict[str, Any]:
        """Its body."""
        return json.loads(self.body or b"{}")

    async def send(self, send: Any) -> None:
        """Hands it to the ASGI server."""
        headers = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
