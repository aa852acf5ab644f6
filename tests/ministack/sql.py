"""The Data API with a database behind it: without Docker, ministack has none.

ministack checks the signature, and whether the caller may use the API and the secret; it knows the cluster, and whether
its endpoint is on.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "moto"))

from postgres import Database, Refused  # noqa: E402

from web import Answer, Request  # noqa: E402

# What ministack says when it would have executed a statement, had it a database.
WITHOUT = b"in RDS Data API stub mode"


async def execute(router: Any, request: Request) -> Answer:
    """What the statement comes to."""
    original = await router.ask(request)
    if not original.is_done and WITHOUT not in original.body:
        return original
    asked = request.json()
    databases: dict[str, Database] = router.kept.setdefault("databases", {})
    database = databases.setdefault(asked["resourceArn"], Database())
    try:
        return Answer.of(database.execute(asked["sql"], asked.get("parameters", [])))
    except Refused as refused:
        return Answer.refusal("DatabaseErrorException", str(refused))


RULES = ((lambda request: request.service == "rds-data" and request.path == "/Execute", execute),)
