"""API Gateway."""

from __future__ import annotations

from typing import Any

from .account import Account


def everything(account: Account) -> dict[str, list[Any]]:
    """REST APIs with their resources, stages and deployments; VPC links; keys (never their values); usage plans."""
    apis = account.every("apigateway", "get_rest_apis", "items")
    resources, stages, deployments = [], [], []
    for api in apis:
        own = {"restApiId": api["id"]}
        resources += tagged_with(own, account.every("apigateway", "get_resources", "items", **own, embed=["methods"]))
        stages += tagged_with(own, account.client("apigateway").get_stages(**own)["item"])
        deployments += tagged_with(own, account.every("apigateway", "get_deployments", "items", **own))
    plans = account.every("apigateway", "get_usage_plans", "items")
    for plan in plans:
        plan["keys"] = account.every("apigateway", "get_usage_plan_keys", "items", usagePlanId=plan["id"])
        for key in plan["keys"]:
            key.pop("value", None)
    return {
        "apigateway:rest-api": apis,
        "apigateway:resource": resources,
        "apigateway:stage": stages,
        "apigateway:deployment": deployments,
        "apigateway:vpc-link": account.every("apigateway", "get_vpc_links", "items"),
        "apigateway:api-key": account.every("apigateway", "get_api_keys", "items", includeValues=False),
        "apigateway:usage-plan": plans,
    }


def tagged_with(own: dict[str, str], items: list[Any]) -> list[Any]:
    """`items` with the id of the API they belong to, which their descriptions leave out."""
    return [{**item, **own} for item in items]
