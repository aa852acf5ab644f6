"""Tasks that run once: without Docker, ministack's never stop."""

from __future__ import annotations

import json
import time
from typing import Any

from web import Answer, Request

RUNNING_SECONDS = 2


async def describe(router: Any, request: Request) -> Answer:
    """What RunTask started has done its work after a while."""
    answer = await router.ask(request)
    if not answer.is_done:
        return answer
    since: dict[str, float] = router.kept.setdefault("tasks", {})
    described = answer.json()
    for task in described.get("tasks", []):
        of_a_service = str(task.get("group", "")).startswith("service:")
        began = since.setdefault(task["taskArn"], time.monotonic())
        if not of_a_service and time.monotonic() - began > RUNNING_SECONDS:
            task.update(
                lastStatus="STOPPED",
                desiredStatus="STOPPED",
                stopCode="EssentialContainerExited",
                stoppedReason="Essential container in task exited",
            )
            for container in task["containers"]:
                container.update(lastStatus="STOPPED", exitCode=0)
    return Answer(answer.status, answer.headers, json.dumps(described).encode())


RULES = ((lambda request: request.service == "ecs" and request.target.endswith(".DescribeTasks"), describe),)
