"""Service-linked roles: ministack gives them names of its own.
<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, quote

from web import Answer, Request

NAMES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticfilesystem.amazonaws.com": "AWSServiceRoleForAmazonElasticFileSystem",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
}


async def create(router: Any, request: Request) -> Answer:
    """Makes one, for whoever may."""
    judged = await router.ask(request)
    if judged.status == 403:
        return judged
    service = asked(request, "AWSServiceName")
    roles: set[str] = router.kept.setdefault("service roles", set())
    if service in roles:
        message = f"Service role name {NAMES[service]} has been taken in this account, please try a different suffix."
        return told("ErrorResponse", f"<Error><Code>InvalidInput</Code><Message>{message}</Message></Error>", 400)
    roles.add(service)
    result = "CreateServiceLinkedRoleResult"
    return told("CreateServiceLinkedRoleResponse", f"<{result}>{shown(service)}</{result}>")


async def get(router: Any, request: Request) -> Answer:
    """Looks at one."""
    judged = await router.ask(request)
    name = asked(request, "RoleName")
    service = next((service for service in router.kept.get("service roles", ()) if NAMES[service] == name), None)
    if judged.status == 403 or service is None:
        return judged
    return told("GetRoleResponse", f"<GetRoleResult>{shown(service)}</GetRoleResult>")


def asked(request: Request, field: str) -> str:
    """A field of the form."""
    return parse_qs(request.body.decode()).get(field, [""])[0]


def shown(service: str) -> str:
    """A role, as IAM shows it."""
    name, path = NAMES[service], f"/aws-service-role/{service}/"
    trusted = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = quote(json.dumps({"Version": "2012-10-17", "Statement": [trusted]}))
    return (
        f"<Role><Path>{path}</Path><RoleName>{name}</RoleName><RoleId>AROAEXAMPLEEXAMPLE000</RoleId>"
        f"<Arn>arn:aws:iam::123456789012:role{path}{name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>"
        f"<AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></Role>"
    )


def told(element: str, content: str, status: int = 200) -> Answer:
    """An answer of IAM."""
    body = f'<{element} xmlns="https://iam.amazonaws.com/doc/2010-05-08/">{content}</{element}>'
    return Answer(status, [(b"content-type", b"text/xml")], body.encode())


RULES = (
    (lambda request: request.action == "CreateServiceLinkedRole", create),
    (lambda request: request.action == "GetRole" and asked(request, "RoleName") in NAMES.values(), get),
)
