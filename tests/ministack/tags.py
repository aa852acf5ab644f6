"""Tags inside a call that makes something, which ministack overlooks in some services."""

from __future__ import annotations

import json
from typing import Any

from web import Answer, Request


async def stream(router: Any, request: Request) -> Answer:
    """A stream, and then its tags."""
    answer = await router.ask(request)
    asked = request.json()
    if answer.is_done and asked.get("Tags"):
        body = json.dumps({"StreamName": asked["StreamName"], "Tags": asked["Tags"]}).encode()
        await called(router, request, "Kinesis_20131202.AddTagsToStream", body)
    return answer


async def trail(router: Any, request: Request) -> Answer:
    """A trail, and then its tags."""
    answer = await router.ask(request)
    asked = request.json()
    if answer.is_done and asked.get("TagsList"):
        body = json.dumps({"ResourceId": answer.json()["TrailARN"], "TagsList": asked["TagsList"]}).encode()
        await called(router, request, request.target.replace("CreateTrail", "AddTags"), body)
    return answer


async def called(router: Any, like: Request, target: str, body: bytes) -> None:
    """A call of the router's own that must not fail."""
    content = "application/x-amz-json-1.1"
    answer = await router.ask_as_root(like, "POST", "/", body, content_type=content, x_amz_target=target)
    assert answer.is_done, answer


RULES = (
    (lambda request: request.target.endswith(".CreateStream"), stream),
    (lambda request: request.service == "cloudtrail" and request.target.endswith(".CreateTrail"), trail),
)
