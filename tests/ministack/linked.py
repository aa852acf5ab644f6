"""Service-linked roles. ministack calls that of a service after the first word of its name, so that two services share
one, and says of a second one that a role of that name exists.
<https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html>
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, quote

from web import Answer, Request

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
NAMES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticfilesystem.amazonaws.com": "AWSServiceRoleForAmazonElasticFileSystem",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
}
ACCOUNT = "123456789012"


def asked(request: Request, name: str) -> str:
    """A field of the form."""
    return parse_qs(request.body.decode()).get(name, [""])[0]


def told(action: str, service: str) -> Answer:
    """That role."""
    name, path = NAMES[service], f"/aws-service-role/{service}/"
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = quote(json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))
    role = (
        f"<Role><Path>{path}</Path><RoleName>{name}</RoleName><RoleId>AROA{name.upper()}</RoleId>"
        f"<Arn>arn:aws:iam::{ACCOUNT}:role{path}{name}</Arn><CreateDate>2020-01-01T00:00:00Z</CreateDate>"
        f"<AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></Role>"
    )
    body = f"<{action}Response><{action}Result>{role}</{action}Result></{action}Response>"
    return Answer(200, [(b"content-type", b"text/xml")], body.encode())


def refused(code: str, message: str, status: int) -> Answer:
    """An error."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    body = f"<ErrorResponse>{error}</ErrorResponse>"
    return Answer(status, [(b"content-type", b"text/xml")], body.encode())


async def create(router: Any, request: Request) -> Answer:
    """One role for each service, for whoever may make it."""
    original = await router.ask(request)
    service, made = asked(request, "AWSServiceName"), router.kept.setdefault("linked", set())
    if original.status == 403 or service not in NAMES:
        return original
    if service in made:
        words = f"Service role name {NAMES[service]} has been taken in this account, please try a different suffix."
        return refused("InvalidInput", words, 400)
    made.add(service)
    return told("CreateServiceLinkedRole", service)


async def show(router: Any, request: Request) -> Answer:
    """The role of a service, for whoever may look at it."""
    original = await router.ask(request)
    if original.status == 403:
        return original
    name = asked(request, "RoleName")
    service = next(service for service, known in NAMES.items() if known == name)
    if service in router.kept.get("linked", set()):
        return told("GetRole", service)
    return refused("NoSuchEntity", f"The role with name {name} cannot be found.", 404)


RULES = (
    (lambda request: request.action == "CreateServiceLinkedRole", create),
    (lambda request: request.action == "GetRole" and asked(request, "RoleName") in NAMES.values(), show),
)
