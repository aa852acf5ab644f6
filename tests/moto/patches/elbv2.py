"""Elastic Load Balancing: the tasks of services are targets."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import ecs_backends
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus

from .patch import around


def patch() -> None:
    """Applies every patch of this module."""
    tasks_are_targets()


def tasks_are_targets() -> None:
    """ECS registers the running tasks of a service in its target groups, where they become healthy. moto runs no tasks,
    so a group would be without targets whatever runs. Their addresses are from a range for documentation (RFC 5737).
    """

    @around(ELBv2Backend, "describe_target_health")
    def describe(original: Any, self: Any, target_group_arn: str, targets: list[dict[str, Any]]) -> list[Any]:
        answer = original(self, target_group_arn, targets)
        if targets:
            return answer
        group = self.target_groups[target_group_arn]
        services = ecs_backends[self.account_id][self.region_name].services.values()
        tasks = sum(s.running_count for s in services if joins(s, target_group_arn))
        named = [f"198.51.100.{turn % 256}" for turn in range(1, tasks + 1)]
        return [*answer, *(FakeHealthStatus(name, group.port, group.health_check_port, "healthy") for name in named)]


def joins(service: Any, target_group_arn: str) -> bool:
    """Whether an active service's tasks are targets of that group."""
    groups = [balancer.get("targetGroupArn") for balancer in service.load_balancers]
    return service.status == "ACTIVE" and target_group_arn in groups
