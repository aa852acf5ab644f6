"""ECS tasks that run without a service: once for each token, ended by themselves, and gone with their interfaces."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2 import ec2_backends
from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend, Task
from moto.ecs.responses import EC2ContainerServiceResponse

from .patch import around


def patch() -> None:
    """Applies every patch of this module."""
    containers_need_no_memory_of_their_own()
    runs_are_idempotent_by_token()
    stopped_tasks_say_so()
    stops_are_refused_for_unknown_tasks()
    services_have_tasks_of_their_own()


def containers_need_no_memory_of_their_own() -> None:
    """On Fargate a container may leave its memory to its task. moto adds up what there is not, and answers HTTP 500."""

    @around(EC2ContainerServiceBackend, "_calculate_task_resource_requirements")
    def requirements(original: Any, self: Any, task_definition: Any) -> dict[str, Any]:
        if "FARGATE" in (task_definition.requires_compatibilities or []):
            return {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
        return original(self, task_definition)


class TokenInUse(ECSException):
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html"""

    def __init__(self) -> None:
        super().__init__(
            "ConflictException", "The provided clientToken is already in use with a different RunTask request."
        )


def runs_are_idempotent_by_token() -> None:
    """AWS answers a RunTask with a clientToken its cluster has seen with the same tasks, and refuses other parameters
    with ConflictException. moto ignores the token and runs another task.
    """

    @around(EC2ContainerServiceResponse, "run_task")
    def run(original: Any, self: Any) -> ActionResult:
        request = self._get_params()
        token = request.get("clientToken")
        cluster = request.get("cluster", "default").split("/")[-1]
        tasks = self.ecs_backend.tasks.get(cluster, {}).values()
        same = [task for task in tasks if token and getattr(task, "request", {}).get("clientToken") == token]
        if any(task.request != request for task in same):
            raise TokenInUse()
        if same:
            return ActionResult({"tasks": same, "failures": []})
        answer = original(self)
        for task in answer.result["tasks"]:
            task.request = request
        return answer


def stopped_tasks_say_so() -> None:
    """AWS shows a task whose container ended as STOPPED in both statuses, with a stop code and a reason, and deletes
    its network interface. moto's tasks pass through their states by themselves, but keep the desired status RUNNING,
    say nothing, and leave their interfaces for ever.
    """

    @around(EC2ContainerServiceBackend, "describe_tasks")
    def describe(original: Any, self: Any, *args: Any, **kwargs: Any) -> list[Task]:
        tasks = original(self, *args, **kwargs)
        for task in tasks:
            if task.last_status == "STOPPED" and task.desired_status != "STOPPED":
                task.desired_status = "STOPPED"
                task.stop_code = "EssentialContainerExited"
                task.stopped_reason = "Essential container in task exited"
            release(self, task)
        return tasks

    @around(EC2ContainerServiceBackend, "stop_task")
    def stop(original: Any, self: Any, *args: Any, **kwargs: Any) -> Task:
        task = original(self, *args, **kwargs)
        task.stop_code = "UserInitiated"
        release(self, task)
        return task


def release(backend: EC2ContainerServiceBackend, task: Task) -> None:
    """Deletes the network interfaces of a task that stopped."""
    interfaces = ec2_backends[backend.account_id][backend.region_name].enis
    for attachment in task.attachments if task.last_status == "STOPPED" else []:
        for detail in attachment["details"]:
            if detail["name"] == "networkInterfaceId":
                interfaces.pop(detail["value"], None)


def stops_are_refused_for_unknown_tasks() -> None:
    """AWS answers InvalidParameterException to the stop of a task that is not there. moto answers HTTP 500."""

    @around(EC2ContainerServiceBackend, "stop_task")
    def stop(original: Any, self: Any, cluster_str: str, task_str: str, reason: str) -> Task:
        cluster = self._get_cluster(cluster_str)
        known = {arn.split("/")[-1] for arn in self.tasks.get(cluster.name, {})}
        if task_str.split("/")[-1] not in known:
            raise InvalidParameterException("The referenced task was not found.")
        return original(self, cluster_str, task_str, reason)


def services_have_tasks_of_their_own() -> None:
    """AWS lists only a service's own tasks when a service is named. moto ignores the name and lists every task of the
    cluster; as its services run none, there are none to list.
    """

    @around(EC2ContainerServiceBackend, "list_tasks")
    def tasks(original: Any, self: Any, *args: Any, **kwargs: Any) -> list[Task]:
        # The service's name is the fifth argument.
        named = kwargs.get("service_name") or (args[4] if len(args) > 4 else None)
        return [task for task in original(self, *args, **kwargs) if not named or task.group == f"service:{named}"]
