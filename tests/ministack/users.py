"""A user of the account who may do what vidpipe's documented policies say."""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from web import Request

NAME = "deployer"

# Condition keys that AWS fills and ministack does not: a statement with one of them would never allow anything.
UNFILLED = {
    "aws:RequestTag/vidpipe:lineage",
    "aws:ResourceTag/GuardDutyManaged",
    "aws:ResourceTag/aws:rds:primaryDBClusterArn",
    "aws:ResourceTag/vidpipe:lineage",
    "ec2:CreateAction",
    "iam:AWSServiceName",
    "iam:PolicyARN",
}
# Actions, or whole services, of which AWS knows the resource and ministack does not, or not all: it takes it for all of them.
UNPLACED = {
    "cloudwatch",
    "ec2",
    "ecs",
    "elasticache",
    "elasticloadbalancing",
    "iam:CreateServiceLinkedRole",
    "kms",
    "rds",
}


async def allowed(router: Any, account: str, policies: list[Path]) -> tuple[str, str]:
    """Makes the user, and returns the keys."""
    await call(router, "CreateUser", UserName=NAME)
    for path in policies:
        document = json.dumps(judgeable(json.loads(path.read_text(encoding="utf-8"))))
        await call(router, "CreatePolicy", PolicyName=path.stem, PolicyDocument=document)
        arn = f"arn:aws:iam::{account}:policy/{path.stem}"
        await call(router, "AttachUserPolicy", UserName=NAME, PolicyArn=arn)
    made = await call(router, "CreateAccessKey", UserName=NAME)
    keys = {element.tag.split("}")[-1]: element.text or "" for element in made.iter()}
    return keys["AccessKeyId"], keys["SecretAccessKey"]


def judgeable(policy: dict[str, Any]) -> dict[str, Any]:
    """The policy without the conditions and the resources that ministack cannot evaluate."""
    for statement in policy["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        if any(action in UNPLACED or action.split(":")[0] in UNPLACED for action in actions):
            statement["Resource"] = "*"
        conditions = statement.get("Condition", {})
        for operator, keys in list(conditions.items()):
            conditions[operator] = {key: value for key, value in keys.items() if key not in UNFILLED}
            if not conditions[operator]:
                del conditions[operator]
        if not conditions:
            statement.pop("Condition", None)
    return policy


async def call(router: Any, action: str, **fields: str) -> xml.Element:
    """One call of IAM."""
    body = urlencode({"Action": action, "Version": "2010-05-08", **fields}).encode()
    scope = {"type": "http", "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 0), "server": None}
    credential = "Credential=-/-/us-east-1/iam/aws4_request"
    like = Request("POST", "/", "", {"authorization": credential}, b"", scope)
    content = "application/x-www-form-urlencoded; charset=utf-8"
    answer = await router.ask_as_root(like, "POST", "/", body, content_type=content)
    assert answer.is_done, answer
    return xml.fromstring(answer.body)
