"""API Gateway (REST): OpenAPI documents with VPC links and API keys, and second deletes that answer 404."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import unquote

from moto.apigateway import urls
from moto.apigateway.exceptions import (
    ApiKeyNotFoundException,
    DeploymentNotFoundException,
    RestAPINotFound,
    StageStillActive,
    UsagePlanNotFoundException,
    VpcLinkNotFound,
)
from moto.apigateway.models import APIGatewayBackend, Integration
from moto.apigateway.responses import APIGatewayResponse

from .patch import around

INTEGRATION = "x-amazon-apigateway-integration"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")


def patch() -> None:
    """Applies every patch of this module."""
    openapi_integrations_are_whole()
    integrations_show_their_connection()
    deployments_of_stages_stay()
    second_deletes_are_not_found()
    missing_deployments_are_not_found()
    tags_of_every_kind_are_shown()


def openapi_integrations_are_whole() -> None:
    """AWS reads `x-amazon-apigateway-integration` in either case, needs no uri for a mock, keeps connectionId, and
    makes a method with an `apiKey` security scheme require a key. moto fails with HTTP 500 on a mock without uri, takes
    `http_proxy` for no known type, and drops connectionId and security. One PutRestApi call replaces a dozen, where an
    account has ten a second.
    """

    @around(APIGatewayBackend, "put_rest_api")
    def put(original: Any, self: Any, function_id: str, api_doc: dict[str, Any], **kwargs: Any) -> Any:
        api = original(self, function_id, normalised(api_doc), **kwargs)
        for path, method_name, method_doc in operations(api_doc):
            resource = api.get_resource_for_path(path)
            method = resource.resource_methods[method_name.upper()]
            method.authorization_type = "NONE"
            method.api_key_required = needs_key(api_doc, method_doc)
            finish(method.method_integration, method_doc.get(INTEGRATION, {}))
        info = api_doc.get("info", {})
        api.name = info.get("title", api.name)
        api.description = info.get("description", api.description)
        return api


def operations(api_doc: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every (path, method, operation) of an OpenAPI document."""
    return [
        (path, method, operation)
        for path, item in api_doc.get("paths", {}).items()
        for method, operation in item.items()
        if method in METHODS
    ]


def normalised(api_doc: dict[str, Any]) -> dict[str, Any]:
    """A copy of the document in the form moto can read: types in upper case, a uri and a method where it insists on
    one.
    """
    document = copy.deepcopy(api_doc)
    for item in document.get("paths", {}).values():
        for shared in [key for key in item if key not in METHODS]:
            del item[shared]
    for _path, _method, operation in operations(document):
        integration = operation.get(INTEGRATION)
        if integration is not None:
            integration["type"] = integration["type"].upper()
            integration.setdefault("uri", "")
            integration.setdefault("httpMethod", "")
    return document


def finish(integration: Integration | None, wanted: dict[str, Any]) -> None:
    """What moto leaves out of an integration it made from a document."""
    if integration is None:
        return
    integration.connection_id = wanted.get("connectionId")
    integration.uri = wanted.get("uri")


def needs_key(api_doc: dict[str, Any], operation: dict[str, Any]) -> bool:
    """Whether one of the operation's security requirements is the API key scheme."""
    schemes = api_doc.get("components", {}).get("securitySchemes", {})
    keys = {name for name, scheme in schemes.items() if scheme.get("type") == "apiKey"}
    required = operation.get("security", api_doc.get("security", []))
    return any(name in keys for requirement in required for name in requirement)


def integrations_show_their_connection() -> None:
    """AWS shows the connectionId of an integration that goes through a VPC link. moto stores and shows none, so a
    reader could not tell which link the API uses.
    """

    @around(APIGatewayResponse, "put_integration")
    def put(original: Any, self: Any) -> Any:
        answer = original(self)
        parts = self.path.split("/")
        method = self.backend.get_resource(parts[2], parts[4]).resource_methods[parts[6]]
        method.method_integration.connection_id = self._get_param("connectionId")
        return answer

    @around(Integration, "to_json")
    def to_json(original: Any, self: Any) -> dict[str, Any]:
        return {**original(self), "connectionId": getattr(self, "connection_id", None)}


def deployments_of_stages_stay() -> None:
    """AWS refuses to delete the deployment a stage points at with BadRequestException. moto looks only at stages made
    by CreateDeployment itself, which would hide a wrong order of removal.
    """

    @around(APIGatewayBackend, "delete_deployment")
    def delete(original: Any, self: Any, function_id: str, deployment_id: str) -> Any:
        stages = self.get_rest_api(function_id).stages.values()
        if any(stage.deployment_id == deployment_id for stage in stages):
            raise StageStillActive()
        return original(self, function_id, deployment_id)


def second_deletes_are_not_found() -> None:
    """AWS answers 404 NotFoundException to the deletion of a REST API, usage plan or usage plan key that is gone. moto
    answers HTTP 500 (a KeyError), and success for a VPC link; SDKs retry a 500, and a teardown that runs twice would
    never end well.
    """

    @around(APIGatewayBackend, "delete_rest_api")
    def delete_rest_api(original: Any, self: Any, function_id: str) -> Any:
        if function_id not in self.apis:
            raise RestAPINotFound()
        return original(self, function_id)

    @around(APIGatewayBackend, "delete_usage_plan")
    def delete_usage_plan(original: Any, self: Any, usage_plan_id: str) -> None:
        if usage_plan_id not in self.usage_plans:
            raise UsagePlanNotFoundException()
        original(self, usage_plan_id)

    @around(APIGatewayBackend, "delete_usage_plan_key")
    def delete_usage_plan_key(original: Any, self: Any, usage_plan_id: str, key_id: str) -> None:
        if usage_plan_id not in self.usage_plans:
            raise UsagePlanNotFoundException()
        if key_id not in self.usage_plan_keys.get(usage_plan_id, {}):
            raise ApiKeyNotFoundException()
        original(self, usage_plan_id, key_id)

    @around(APIGatewayBackend, "delete_vpc_link")
    def delete_vpc_link(original: Any, self: Any, vpc_link_id: str) -> None:
        if vpc_link_id not in self.vpc_links:
            raise VpcLinkNotFound()
        original(self, vpc_link_id)


def missing_deployments_are_not_found() -> None:
    """AWS answers 404 NotFoundException to GetDeployment for one that is gone. moto answers HTTP 500 (a KeyError)."""

    @around(APIGatewayBackend, "get_deployment")
    def get_deployment(original: Any, self: Any, function_id: str, deployment_id: str) -> Any:
        if deployment_id not in self.get_rest_api(function_id).deployments:
            raise DeploymentNotFoundException()
        return original(self, function_id, deployment_id)


def tags_of_every_kind_are_shown() -> None:
    """AWS's GetTags reads the tags of an API, stage, key, usage plan or VPC link. moto reads a stage's only and answers
    an HTML 404 or 500 to the others.
    """
    urls.url_paths["{0}/tags/(?P<resource_arn>arn:.+)$"] = APIGatewayResponse.dispatch

    @around(APIGatewayResponse, "get_tags")
    def get_tags(_original: Any, self: Any) -> str:
        return json.dumps({"tags": tags_of(self)})

    @around(APIGatewayResponse, "tag_resource")
    def tag_resource(original: Any, self: Any) -> Any:
        tags_of(self).update(self._get_param("tags") or {})
        return 204, {"status": 204}, ""

    @around(APIGatewayResponse, "untag_resource")
    def untag_resource(_original: Any, self: Any) -> Any:
        tags = tags_of(self)
        for key in self.querystring.get("tagKeys") or []:
            tags.pop(key, None)
        return 204, {"status": 204}, ""


def tags_of(response: Any) -> dict[str, str]:
    """The tags of the resource a /tags/ARN request names."""
    arn = unquote(response.path.split("/tags/")[1])
    parts = arn.split("::/")[-1].split("/")
    backend = response.backend
    match parts:
        case ["restapis", api]:
            owner = backend.get_rest_api(api)
        case ["restapis", api, "stages", stage]:
            owner = backend.get_stage(api, stage)
        case ["apikeys", key]:
            owner = backend.get_api_key(key)
        case ["usageplans", plan]:
            owner = backend.get_usage_plan(plan)
        case _:
            owner = backend.get_vpc_link(parts[-1])
    if not isinstance(owner.tags, dict):
        owner.tags = {tag["key"]: tag["value"] for tag in owner.tags or []}
    return owner.tags
