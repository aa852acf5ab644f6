"""API Gateway: VPC link, REST API from one document, deployment, stage, key, usage plan."""

from __future__ import annotations

import json
from typing import Any

from .world import SUFFIX, TAGS, World, holds, refused, tagged


def make(world: World) -> None:
    """Makes the API in front of the load balancer."""
    make_vpc_link(world)
    make_rest_api(world)
    make_routes(world)
    make_stage(world)
    make_key(world)
    make_usage_plan(world)


def make_vpc_link(world: World) -> None:
    """The way from the API to the load balancer."""
    api = world.client("apigateway")
    link = api.create_vpc_link(name=f"api-{SUFFIX}", targetArns=[world.ids["nlb"]], tags=TAGS)["id"]
    world.ids["link"] = link
    found = api.get_vpc_link(vpcLinkId=link)
    holds(found, {"status": "AVAILABLE", "targetArns": [world.ids["nlb"]]})
    tagged(found["tags"])
    world.on_removal(
        "apigateway.vpc_link",
        lambda: api.delete_vpc_link(vpcLinkId=link),
        "NotFoundException",
        look=lambda: api.get_vpc_link(vpcLinkId=link),
    )


def make_rest_api(world: World) -> None:
    """An empty regional API."""
    api = world.client("apigateway")
    rest = api.create_rest_api(
        name=f"video-metadata-api-{SUFFIX}", endpointConfiguration={"types": ["REGIONAL"]}, tags=TAGS
    )["id"]
    world.ids["api"] = rest
    found = api.get_rest_api(restApiId=rest)
    holds(found, {"name": f"video-metadata-api-{SUFFIX}", "endpointConfiguration": {"types": ["REGIONAL"]}})
    tagged(found["tags"])
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{rest}"
    api.tag_resource(resourceArn=arn, tags={"owner": "exercise"})
    api.untag_resource(resourceArn=arn, tagKeys=["owner"])
    assert api.get_tags(resourceArn=arn)["tags"] == TAGS
    world.on_removal(
        "apigateway.rest_api",
        lambda: api.delete_rest_api(restApiId=rest),
        "NotFoundException",
        look=lambda: api.get_rest_api(restApiId=rest),
    )


def document(world: World) -> dict[str, Any]:
    """The routes as OpenAPI: a mock for /health, the load balancer for the rest."""
    mock = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": '{"status":"ok"}'}}},
    }
    responses = {"200": {"description": "ok"}}
    paths: dict[str, Any] = {"/health": {"get": operation(mock, responses)}}
    for path in ("/metadata", "/videos", "/videos/{id}"):
        proxy = {
            "type": "http_proxy",
            "httpMethod": "GET",
            "uri": f"http://{world.ids['nlb_dns']}{path}",
            "connectionType": "VPC_LINK",
            "connectionId": world.ids["link"],
            "passthroughBehavior": "when_no_match",
        }
        paths[path] = {"get": operation(proxy, responses)}
    scheme = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    info = {"title": f"video-metadata-api-{SUFFIX}", "version": "1"}
    return {"openapi": "3.0.1", "info": info, "paths": paths, "components": {"securitySchemes": {"api_key": scheme}}}


def operation(integration: dict[str, Any], responses: dict[str, Any]) -> dict[str, Any]:
    """An operation that needs a key."""
    return {"security": [{"api_key": []}], "responses": responses, "x-amazon-apigateway-integration": integration}


def make_routes(world: World) -> None:
    """One PutRestApi makes all routes; done twice, there are no more of them."""
    api, rest = world.client("apigateway"), world.ids["api"]
    for _ in range(2):
        api.put_rest_api(restApiId=rest, mode="overwrite", body=json.dumps(document(world)).encode())
    items = api.get_resources(restApiId=rest, embed=["methods"], limit=500)["items"]
    methods = {item["path"]: item.get("resourceMethods", {}).get("GET") for item in items}
    assert sorted(methods) == ["/", "/health", "/metadata", "/videos", "/videos/{id}"], sorted(methods)
    holds(methods["/health"], {"apiKeyRequired": True, "methodIntegration": {"type": "MOCK"}})
    wanted = {
        "type": "HTTP_PROXY",
        "httpMethod": "GET",
        "connectionType": "VPC_LINK",
        "connectionId": world.ids["link"],
        "uri": f"http://{world.ids['nlb_dns']}/videos/{{id}}",
    }
    holds(methods["/videos/{id}"], {"apiKeyRequired": True, "authorizationType": "NONE", "methodIntegration": wanted})
    assert api.get_rest_api(restApiId=rest)["name"] == f"video-metadata-api-{SUFFIX}"


def make_stage(world: World) -> None:
    """A deployment, its stage, and throttling on all methods of the stage."""
    api, rest = world.client("apigateway"), world.ids["api"]
    deployment = api.create_deployment(restApiId=rest, description="exercise")["id"]
    holds(api.get_deployment(restApiId=rest, deploymentId=deployment), {"description": "exercise"})
    world.on_removal(
        "apigateway.deployment",
        lambda: api.delete_deployment(restApiId=rest, deploymentId=deployment),
        "NotFoundException",
        look=lambda: api.get_deployment(restApiId=rest, deploymentId=deployment),
    )
    stage = {"restApiId": rest, "stageName": "prod"}
    api.create_stage(**stage, deploymentId=deployment, tags=TAGS)
    refused(lambda: api.create_stage(**stage, deploymentId=deployment), "ConflictException")
    limits = (("rateLimit", "100"), ("burstLimit", "200"))
    patch = [{"op": "replace", "path": f"/*/*/throttling/{limit}", "value": value} for limit, value in limits]
    api.update_stage(**stage, patchOperations=patch)
    found = api.get_stage(**stage)
    holds(found["methodSettings"]["*/*"], {"throttlingRateLimit": 100.0, "throttlingBurstLimit": 200})
    holds(found, {"deploymentId": deployment})
    tagged(found["tags"])
    refused(lambda: api.delete_deployment(restApiId=rest, deploymentId=deployment), "BadRequestException")
    world.on_removal("apigateway.stage", lambda: api.delete_stage(**stage), "NotFoundException")


def make_key(world: World) -> None:
    """A key whose value is given."""
    api, value = world.client("apigateway"), "0123456789abcdefghij0123456789ab"
    key = api.create_api_key(name=f"video-metadata-key-{SUFFIX}", value=value, enabled=True, tags=TAGS)["id"]
    world.ids["api_key"] = key
    found = api.get_api_key(apiKey=key, includeValue=True)
    holds(found, {"value": value, "enabled": True, "name": f"video-metadata-key-{SUFFIX}"})
    assert "value" not in api.get_api_key(apiKey=key), "the value is shown without being asked for"
    tagged(found["tags"])
    world.on_removal("apigateway.api_key", lambda: api.delete_api_key(apiKey=key), "NotFoundException")


def make_usage_plan(world: World) -> None:
    """A plan with limits on the stage, and the key on the plan."""
    api, rest, key = world.client("apigateway"), world.ids["api"], world.ids["api_key"]
    asked = {
        "name": f"video-metadata-plan-{SUFFIX}",
        "apiStages": [{"apiId": rest, "stage": "prod"}],
        "throttle": {"rateLimit": 100.0, "burstLimit": 200},
    }
    plan = api.create_usage_plan(**asked, tags=TAGS)["id"]
    found = api.get_usage_plan(usagePlanId=plan)
    holds(found, asked)
    tagged(found["tags"])
    world.on_removal("apigateway.usage_plan", lambda: remove_plan(world, plan), "NotFoundException")
    api.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    holds(api.get_usage_plan_keys(usagePlanId=plan)["items"], [{"id": key, "type": "API_KEY"}])
    world.on_removal(
        "apigateway.usage_plan_key",
        lambda: api.delete_usage_plan_key(usagePlanId=plan, keyId=key),
        "NotFoundException",
    )


def remove_plan(world: World, plan: str) -> None:
    """Takes the stage out of the plan, as AWS demands, and deletes the plan."""
    api = world.client("apigateway")
    stage = f"{world.ids['api']}:prod"
    api.update_usage_plan(usagePlanId=plan, patchOperations=[{"op": "remove", "path": "/apiStages", "value": stage}])
    holds(api.get_usage_plan(usagePlanId=plan), {"apiStages": []})
    api.delete_usage_plan(usagePlanId=plan)
