"""VPC links of REST APIs, which ministack has not.
<https://docs.aws.amazon.com/apigateway/latest/api/API_VpcLink.html>
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from web import Answer, Request

# It takes AWS minutes.
PENDING_SECONDS = 1


async def answer(router: Any, request: Request) -> Answer:
    """Whoever may not, hears it from ministack."""
    original = await router.ask(request)
    if original.status == 403:
        return original
    links: dict[str, dict[str, Any]] = router.kept.setdefault("links", {})
    name = request.path.rstrip("/").split("/")[-1]
    if name == "vpclinks" and request.method == "POST":
        return make(links, request)
    if name == "vpclinks":
        return Answer.of({"item": [shown(link) for link in links.values()]})
    if name not in links:
        return Answer.refusal("NotFoundException", "Invalid Vpc Link identifier specified", 404)
    if request.method == "DELETE":
        del links[name]
        return Answer.of({}, 202)
    return Answer.of(shown(links[name]))


def make(links: dict[str, dict[str, Any]], request: Request) -> Answer:
    """A link, pending."""
    asked = request.json()
    identifier = uuid.uuid4().hex[:6]
    links[identifier] = {**asked, "id": identifier, "tags": asked.get("tags", {}), "since": time.monotonic()}
    return Answer.of(shown(links[identifier]), 202)


def shown(link: dict[str, Any]) -> dict[str, Any]:
    """As AWS shows it."""
    is_pending = time.monotonic() - link["since"] < PENDING_SECONDS
    public = {name: value for name, value in link.items() if name != "since"}
    return {**public, "status": "PENDING" if is_pending else "AVAILABLE", "statusMessage": ""}


RULES = ((lambda request: request.service == "apigateway" and request.path.startswith("/vpclinks"), answer),)
