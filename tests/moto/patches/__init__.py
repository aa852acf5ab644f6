"""Corrections to moto, one module per service; each function is one correction and says what AWS does, what moto does
and why vidpipe's tests need it.

A patch replaces or wraps one method of moto's public backends or responses. It must not know vidpipe: nothing here may
depend on a name, a tag or an order of calls that vidpipe happens to use.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from . import cloudwatch, execute_api

# Those with a `patch`, and what concerns all of them, in the order in which they are applied.
SERVICES = (
    "apigateway aurora autoscaling cloudtrail cloudwatch concurrency ec2 ecs ecs_tasks efs elasticache elbv2 "
    "iam kinesis kms logs rds rdsdata s3 sns"
)


def apply(application: Callable[..., Any]) -> Callable[..., Any]:
    """Applies every patch to moto's classes and returns `application` behind the ones that need the raw request."""
    for service in SERVICES.split():
        import_module(f".{service}", __name__).patch()
    return execute_api.front(cloudwatch.cbor_front(application))
