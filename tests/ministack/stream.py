"""Metrics of each shard of a stream: ministack takes the call and forgets it."""

from __future__ import annotations

import json
from typing import Any

from web import Answer, Request


async def switch(router: Any, request: Request) -> Answer:
    """Turns metrics on or off."""
    answer = await router.ask(request)
    metrics: dict[str, set[str]] = router.kept.setdefault("metrics", {})
    asked = request.json()
    if answer.is_done:
        on = metrics.setdefault(asked["StreamName"], set())
        change = on.update if ".Enable" in request.target else on.difference_update
        change(asked["ShardLevelMetrics"])
    return answer


async def describe(router: Any, request: Request) -> Answer:
    """A stream with its metrics."""
    answer = await router.ask(request)
    if not answer.is_done:
        return answer
    told = answer.json()
    summary = told["StreamDescriptionSummary"]
    on = router.kept.get("metrics", {}).get(summary["StreamName"], set())
    summary["EnhancedMonitoring"] = [{"ShardLevelMetrics": sorted(on)}]
    return Answer(answer.status, answer.headers, json.dumps(told).encode())


async def delete(router: Any, request: Request) -> Answer:
    """A stream, and what was known of it."""
    answer = await router.ask(request)
    if answer.is_done:
        router.kept.get("metrics", {}).pop(request.json()["StreamName"], None)
    return answer


RULES = (
    (lambda request: request.target.endswith("ableEnhancedMonitoring"), switch),
    (lambda request: request.target.endswith(".DescribeStreamSummary"), describe),
    (lambda request: request.target.endswith(".DeleteStream"), delete),
)
