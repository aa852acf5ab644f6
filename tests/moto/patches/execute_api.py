"""What a stage of a REST API answers whoever calls it under the API's own host name.

moto answers calls of an API only inside the process that mocks it; its server knows no execute-api host. Without this
nobody could see whether a key opens an API and its absence keeps it closed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.apigateway.models import APIGatewayBackend, apigateway_backends

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

HOST = re.compile(r"^(?P<api>[a-z0-9]+)\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
ACCOUNT = "123456789012"
REASONS = {200: "OK", 403: "Forbidden", 500: "Internal Server Error"}


def front(application: Wsgi) -> Wsgi:
    """`application` behind the stages of its REST APIs."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = HOST.match(environ.get("HTTP_HOST", ""))
        if host is None:
            return application(environ, start_response)
        backend = apigateway_backends[ACCOUNT][host["region"]]
        status, message = called(backend, host["api"], environ)
        body = json.dumps({"message": message}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{status} {REASONS.get(status, 'Answered')}", headers)
        return [body]

    return answer


def called(backend: APIGatewayBackend, api_id: str, environ: Environ) -> tuple[int, str]:
    """The status and message: AWS refuses an unknown stage or route and a missing key with 403, and what leads through
    a VPC link where nothing runs with 500.
    """
    stage, _, path = environ.get("PATH_INFO", "").lstrip("/").partition("/")
    api = backend.apis.get(api_id)
    if api is None or stage not in api.stages:
        return 403, "Forbidden"
    resource = next((r for r in api.resources.values() if r.get_path() == f"/{path}"), None)
    method = resource.resource_methods.get(environ["REQUEST_METHOD"]) if resource else None
    if method is None:
        return 403, "Missing Authentication Token"
    if method.api_key_required and not has_key(backend, api_id, stage, environ.get("HTTP_X_API_KEY", "")):
        return 403, "Forbidden"
    integration = method.method_integration
    if integration is None or integration.integration_type != "MOCK":
        return 500, "Internal server error"
    template = json.loads((integration.request_templates or {}).get("application/json", "{}"))
    return template.get("statusCode", 500), "mock"


def has_key(backend: APIGatewayBackend, api_id: str, stage: str, value: str) -> bool:
    """Whether that is the value of an enabled key in a usage plan with this stage."""
    plans = [
        plan.id
        for plan in backend.usage_plans.values()
        if any(s.get("apiId") == api_id and s.get("stage") == stage for s in plan.api_stages)
    ]
    members = {key for plan in plans for key in backend.usage_plan_keys.get(plan, {})}
    return any(key.enabled and key.value == value for key in backend.keys.values() if key.id in members)
