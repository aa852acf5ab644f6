"""Automated backups of databases: ministack keeps none, and does not know that one may ask for them."""

from __future__ import annotations

from typing import Any

from web import Answer, Request

OPERATIONS = ("DescribeDBInstanceAutomatedBackups", "DescribeDBClusterAutomatedBackups")


async def none(router: Any, request: Request) -> Answer:
    """An empty list, for whoever may ask."""
    original = await router.ask(request)
    if original.status == 403:
        return original
    action = request.action
    body = f'<{action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><{action}Result/></{action}Response>'
    return Answer(200, [(b"content-type", b"text/xml")], body.encode())


RULES = ((lambda request: request.action in OPERATIONS, none),)
