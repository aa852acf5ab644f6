"""Instance classes that ministack does not know to be on offer."""

from __future__ import annotations

from typing import Any

from web import Answer, Request


async def serverless(router: Any, request: Request) -> Answer:
    """Aurora's serverless class is offered wherever its ordinary ones are."""
    original = await router.ask(request)
    if not original.is_done or b"<DBInstanceClass>" in original.body:
        return original
    body = request.body.replace(b"db.serverless", b"db.r5.large")
    content = request.headers["content-type"]
    answer = await router.ask_as_root(request, "POST", "/", body, content_type=content)
    return Answer(answer.status, answer.headers, answer.body.replace(b"db.r5.large", b"db.serverless"))


RULES = (
    (
        lambda request: request.action == "DescribeOrderableDBInstanceOptions" and b"db.serverless" in request.body,
        serverless,
    ),
)
