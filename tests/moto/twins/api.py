"""Rules for the API."""

from __future__ import annotations

from typing import Any

from .environment import Environment, demand, demand_equal

Resource = dict[str, Any]


def api_of(environment: Environment) -> Any:
    """The environment's REST API."""
    name = f"video-metadata-api-{environment.suffix}"
    return environment.one("apigateway:rest-api", name, lambda api: api["name"] == name)


def rest_api(environment: Environment, _resource: Resource) -> None:
    """There is one of the name."""
    api_of(environment)


def stage_of(environment: Environment) -> Any:
    """The API's stage `prod`."""
    api = api_of(environment)["id"]
    return environment.one(
        "apigateway:stage", f"prod of {api}", lambda s: s["restApiId"] == api and s["stageName"] == "prod"
    )


def stage(environment: Environment, resource: Resource) -> None:
    """Throttling on all methods at most as wide, and no request bodies in logs."""
    settings = stage_of(environment).get("methodSettings", {}).get("*/*")
    demand(settings, "no settings for all methods")
    wanted = resource["properties"]["MethodSettings"][0]
    for member, limit in (
        ("throttlingRateLimit", "ThrottlingRateLimit"),
        ("throttlingBurstLimit", "ThrottlingBurstLimit"),
    ):
        demand(settings[member] <= wanted[limit], f"{member} is {settings[member]}, wanted {wanted[limit]}")
    demand_equal(settings["dataTraceEnabled"], False, "dataTraceEnabled")


def deployment(environment: Environment, _resource: Resource) -> None:
    """The deployment the stage shows."""
    wanted = stage_of(environment)["deploymentId"]
    environment.one("apigateway:deployment", wanted, lambda item: item["id"] == wanted)


def resource_at(environment: Environment, path: str) -> Any:
    """The API's resource at a path."""
    api = api_of(environment)["id"]
    return environment.one(
        "apigateway:resource", f"{path} of {api}", lambda r: r["restApiId"] == api and r["path"] == path
    )


def resource(environment: Environment, wanted: Resource) -> None:
    """The path is there."""
    resource_at(environment, "/" + wanted["properties"]["PathPart"])


def method(environment: Environment, wanted: Resource) -> None:
    """The method is there with an integration; a key in front of it is stricter, a real one better than a mock."""
    path = "/" + environment.referred(wanted["properties"]["ResourceId"])["properties"]["PathPart"]
    methods = resource_at(environment, path).get("resourceMethods", {})
    verb = wanted["properties"]["HttpMethod"]
    demand(verb in methods, f"{path} has {sorted(methods)}")
    demand((methods[verb].get("methodIntegration") or {}).get("type"), f"{verb} {path} has no integration")


def plan_of(environment: Environment) -> Any:
    """The environment's usage plan."""
    name = f"video-metadata-plan-{environment.suffix}"
    return environment.one("apigateway:usage-plan", name, lambda plan: plan["name"] == name)


def usage_plan(environment: Environment, wanted: Resource) -> None:
    """Limits at most as wide, on the API's stage."""
    found, throttle = plan_of(environment), wanted["properties"]["Throttle"]
    for member, limit in (("rateLimit", "RateLimit"), ("burstLimit", "BurstLimit")):
        value = found.get("throttle", {}).get(member)
        demand(value is not None and value <= throttle[limit], f"{member} is {value}, wanted {throttle[limit]}")
    stages = [(s["apiId"], s["stage"]) for s in found["apiStages"]]
    demand_equal(stages, [(api_of(environment)["id"], "prod")], "its stages")


def key_of(environment: Environment) -> Any:
    """The environment's API key."""
    name = f"video-metadata-key-{environment.suffix}"
    return environment.one("apigateway:api-key", name, lambda key: key["name"] == name)


def api_key(environment: Environment, _wanted: Resource) -> None:
    """It is there and enabled."""
    demand_equal(key_of(environment)["enabled"], True, "enabled")


def usage_plan_key(environment: Environment, _wanted: Resource) -> None:
    """The key is on the plan."""
    keys = [key["id"] for key in plan_of(environment)["keys"]]
    demand(key_of(environment)["id"] in keys, "the key is not on the plan")
