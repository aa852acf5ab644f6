"""PutRestApi, which ministack lacks, made of the calls that it knows: a resource, a method and an integration each.
<https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html>
"""

from __future__ import annotations

import json
from typing import Any

from web import Answer, Request

PLACES = {"path": "path", "query": "querystring", "header": "header"}


async def put(router: Any, request: Request) -> Answer:
    """Makes an API be as an OpenAPI document says, and nothing else."""
    original = await router.ask(request)
    if original.status == 403:
        return original
    api = Api(router, request)
    await api.clear()
    for path, methods in request.json()["paths"].items():
        resource = await api.resource(path)
        for method, operation in methods.items():
            await api.method(path, resource, method.upper(), operation)
    return await api.call("GET", "")


async def resources(router: Any, request: Request) -> Answer:
    """ministack forgets through which VPC link an integration leads."""
    answer = await router.ask(request)
    if not answer.is_done:
        return answer
    links: dict[tuple[str, str, str], str] = router.kept.get("integrations", {})
    told, name = answer.json(), request.path.split("/")[2]
    for item in listed(told):
        for method, shown in (item.get("resourceMethods") or {}).items():
            if link := links.get((name, item["path"], method)):
                shown.setdefault("methodIntegration", {}).update(connectionType="VPC_LINK", connectionId=link)
    return Answer(answer.status, answer.headers, json.dumps(told).encode())


def listed(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of a list, which may be one."""
    items = told.get("item", [])
    return items if isinstance(items, list) else [items]


class Api:
    """One API, by the calls that ministack knows."""

    def __init__(self, router: Any, request: Request) -> None:
        self.router, self.request, self.name = router, request, request.path.split("/")[2]
        self.known: dict[str, str] = {}
        self.links = router.kept.setdefault("integrations", {})

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None, query: str = "") -> Answer:
        """One call."""
        text = b"" if body is None else json.dumps(body).encode()
        path = f"/restapis/{self.name}{path}"
        content = "application/json"
        return await self.router.ask_as_root(self.request, method, path, text, query, content_type=content)

    async def done(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call that must not fail."""
        answer = await self.call(method, path, body)
        assert answer.is_done, (method, path, answer)
        return answer.json()

    async def clear(self) -> None:
        """Only the root is left, without methods."""
        told = (await self.call("GET", "/resources", query="limit=500&embed=methods")).json()
        for item in listed(told):
            if item["path"] == "/":
                self.known["/"] = item["id"]
                for method in item.get("resourceMethods") or {}:
                    await self.done("DELETE", f"/resources/{item['id']}/methods/{method}")
            elif item["path"].count("/") == 1:
                await self.done("DELETE", f"/resources/{item['id']}")
        for key in [key for key in self.links if key[0] == self.name]:
            del self.links[key]

    async def resource(self, path: str) -> str:
        """The id of a resource, which is made if it is not there."""
        if path not in self.known:
            parent, _, part = path.rpartition("/")
            made = await self.done("POST", f"/resources/{await self.resource(parent or '/')}", {"pathPart": part})
            self.known[path] = made["id"]
        return self.known[path]

    async def method(self, path: str, resource: str, method: str, operation: dict[str, Any]) -> None:
        """A method with what answers it."""
        at = f"/resources/{resource}/methods/{method}"
        parameters = {
            f"method.request.{PLACES[parameter['in']]}.{parameter['name']}": bool(parameter.get("required"))
            for parameter in operation.get("parameters", [])
        }
        needs_key = bool(operation.get("security"))
        said = {"authorizationType": "NONE", "apiKeyRequired": needs_key, "requestParameters": parameters}
        await self.done("PUT", at, said)
        for status in operation.get("responses", {}):
            await self.done("PUT", f"{at}/responses/{status}", {})
        integration = operation["x-amazon-apigateway-integration"]
        said = {name: value for name, value in integration.items() if name not in ("responses", "type")}
        said["passthroughBehavior"] = integration["passthroughBehavior"].upper()
        await self.done("PUT", f"{at}/integration", {"type": integration["type"].upper(), **said})
        for pattern, answer in integration.get("responses", {}).items():
            said = {
                "selectionPattern": "" if pattern == "default" else pattern,
                "responseTemplates": answer.get("responseTemplates", {}),
            }
            await self.done("PUT", f"{at}/integration/responses/{answer['statusCode']}", said)
        if "connectionId" in integration:
            self.links[self.name, path, method] = integration["connectionId"]


def is_of_api(request: Request, method: str, rest: str) -> bool:
    """Whether it asks for that of a REST API."""
    parts = request.path.rstrip("/").split("/")
    is_one = request.service == "apigateway" and parts[1] == "restapis" and len(parts) > 2
    return is_one and request.method == method and "/".join(parts[3:]) == rest


RULES = (
    (lambda request: is_of_api(request, "PUT", ""), put),
    (lambda request: is_of_api(request, "GET", "resources"), resources),
)
