"""ECS: services that reach their desired count, keep what they were made with, and clusters that survive a repeat."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.exceptions import ECSException, InvalidParameterException, ServiceNotFoundException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, Service
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_api._internal import mock_random

from .patch import added, around

# Members of a service moto has no place for: request member -> attribute its serializer reads.
KEPT = {
    "deploymentConfiguration": "deployment_configuration",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "enableExecuteCommand": "enable_execute_command",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
}


def patch() -> None:
    """Applies every patch of this module."""
    services_settle()
    services_keep_what_they_are_given()
    service_creation_is_idempotent_by_token()
    updates_deploy()
    awsvpc_without_security_groups_is_legal()
    clusters_survive_a_repeat()
    clusters_count_and_hold_services()
    lists_leave_out_the_deleted()
    deleted_services_refuse()
    cluster_settings_change()


def services_settle() -> None:
    """AWS starts a service's tasks and marks its deployment COMPLETED. moto starts none: a service stays at 0 running
    and IN_PROGRESS for ever, so no wait for it could end. Here it is settled at the first look, with the event AWS
    writes then.
    """

    @around(EC2ContainerServiceBackend, "describe_services")
    def describe(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        services, failures = original(self, *args, **kwargs)
        for service in services:
            settle(service)
        return services, failures


def settle(service: Service) -> None:
    """Brings a service, its deployment and its counts to the state its desired count asks for."""
    if service.status != "ACTIVE":
        service.running_count = service.desired_count = 0
        service.deployments = []
        return
    changed = service.running_count != service.desired_count
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments[:1]:
        changed = changed or deployment["rolloutState"] != "COMPLETED"
        deployment.update(
            desiredCount=service.desired_count,
            runningCount=service.desired_count,
            pendingCount=0,
            rolloutState="COMPLETED",
            rolloutStateReason=f"ECS deployment {deployment['id']} completed.",
            taskDefinition=service.task_definition,
        )
    if changed:
        message = f"(service {service.name}) has reached a steady state."
        event = {"id": str(mock_random.uuid4()), "createdAt": utcnow(), "message": message}
        service.events.insert(0, event)


def services_keep_what_they_are_given() -> None:
    """AWS shows a service's deployment configuration (with its circuit breaker), capacity provider strategy, grace
    period and flags as asked. moto drops them, so every plan would see drift.
    """

    @around(EC2ContainerServiceResponse, "create_service")
    def create(original: Any, self: Any) -> ActionResult:
        answer = original(self)
        service = answer.result["service"]
        service.client_token = self._get_param("clientToken")
        for member, attribute in KEPT.items():
            setattr(service, attribute, self._get_param(member))
        return answer


def service_creation_is_idempotent_by_token() -> None:
    """AWS answers a CreateService with a clientToken it has seen with the same service, and refuses the name of a
    living service otherwise ("Creation of service was not idempotent."). moto silently replaces the service.
    """

    @around(EC2ContainerServiceResponse, "create_service")
    def create(original: Any, self: Any) -> ActionResult:
        cluster = self._get_param("cluster", "default").split("/")[-1]
        present = self.ecs_backend.services.get(f"{cluster}:{self._get_param('serviceName')}")
        if present is None or present.status != "ACTIVE":
            return original(self)
        token = self._get_param("clientToken")
        if token is None or token != present.client_token:
            raise InvalidParameterException("Creation of service was not idempotent.")
        return ActionResult({"service": present})


def updates_deploy() -> None:
    """AWS resolves the task definition of an UpdateService to an ARN and starts a new deployment of it. moto stores the
    text it was given and leaves the deployment on the old revision.
    """

    @around(EC2ContainerServiceBackend, "update_service")
    def update(original: Any, self: Any, service_properties: dict[str, Any]) -> Service:
        family = service_properties.get("task_definition")
        if family:
            service_properties["task_definition"] = self.describe_task_definition(family).arn
        service_properties.pop("client_token", None)
        service = original(self, service_properties)
        if family:
            for deployment in service.deployments[:1]:
                deployment["id"] = f"ecs-svc/{mock_random.randint(0, 32**12)}"
                deployment["rolloutState"] = "IN_PROGRESS"
                deployment["taskDefinition"] = service.task_definition
        return service


def awsvpc_without_security_groups_is_legal() -> None:
    """AWS puts tasks without security groups into the VPC's default one. moto answers HTTP 500 (a KeyError)."""

    @around(Service, "_validate_network")
    def validate(original: Any, self: Any, nc: dict[str, Any]) -> Any:
        nc["awsvpcConfiguration"].setdefault("securityGroups", [])
        return original(self, nc)


def clusters_survive_a_repeat() -> None:
    """AWS answers CreateCluster for the name of an ACTIVE cluster with that cluster, unchanged. moto replaces it by an
    empty one without tags, so a repeat after a lost answer would lose whose it is.
    """

    @around(EC2ContainerServiceBackend, "create_cluster")
    def create(original: Any, self: Any, cluster_name: str, *args: Any, **kwargs: Any) -> Cluster:
        present = self.clusters.get(cluster_name)
        if present is not None and present.status == "ACTIVE":
            return present
        return original(self, cluster_name, *args, **kwargs)


class ClusterContainsServices(ECSException):
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html"""

    def __init__(self) -> None:
        super().__init__("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")


def clusters_count_and_hold_services() -> None:
    """AWS counts a cluster's active services and refuses to delete it while there are any. moto always says 0 and
    deletes, which would hide a wrong order of removal.
    """

    def living(backend: Any, cluster: Cluster) -> int:
        return sum(s.status == "ACTIVE" for s in backend.services.values() if s.cluster_arn == cluster.arn)

    @around(EC2ContainerServiceBackend, "describe_clusters")
    def describe(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        clusters, failures = original(self, *args, **kwargs)
        for cluster in clusters:
            cluster.active_services_count = living(self, cluster)
        return clusters, failures

    @around(EC2ContainerServiceBackend, "delete_cluster")
    def delete(original: Any, self: Any, cluster_str: str) -> Cluster:
        if living(self, self._get_cluster(cluster_str)):
            raise ClusterContainsServices()
        return original(self, cluster_str)


def lists_leave_out_the_deleted() -> None:
    """AWS lists neither deleted services nor deleted clusters; only a describe by name still shows them, as INACTIVE.
    moto lists them for ever, so nothing that was ever made could be seen gone.
    """

    @around(EC2ContainerServiceBackend, "list_services")
    def services(original: Any, self: Any, *args: Any, **kwargs: Any) -> list[str]:
        active = {service.arn for service in self.services.values() if service.status == "ACTIVE"}
        return [arn for arn in original(self, *args, **kwargs) if arn in active]

    @around(EC2ContainerServiceBackend, "list_clusters")
    def clusters(original: Any, self: Any) -> list[str]:
        active = {cluster.arn for cluster in self.clusters.values() if cluster.status == "ACTIVE"}
        return [arn for arn in original(self) if arn in active]


class ServiceNotActive(ECSException):
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html"""

    def __init__(self) -> None:
        super().__init__("ServiceNotActiveException", "Service was not ACTIVE.")


def deleted_services_refuse() -> None:
    """AWS answers ServiceNotFoundException to the deletion of an INACTIVE service and ServiceNotActiveException to its
    update. moto deletes and even updates it again.
    """

    @around(EC2ContainerServiceBackend, "delete_service")
    def delete(original: Any, self: Any, cluster_name: str, service_name: str, force: bool) -> Service:
        if self._get_service(cluster_name, service_name).status != "ACTIVE":
            raise ServiceNotFoundException()
        return original(self, cluster_name, service_name, force)

    @around(EC2ContainerServiceBackend, "update_service")
    def update(original: Any, self: Any, service_properties: dict[str, Any]) -> Service:
        cluster = service_properties.get("cluster", "default")
        if self._get_service(cluster, service_properties["service"]).status != "ACTIVE":
            raise ServiceNotActive()
        return original(self, service_properties)


def cluster_settings_change() -> None:
    """AWS changes Container Insights with UpdateClusterSettings. moto does not have it and answers HTTP 500."""

    @added(EC2ContainerServiceResponse)
    def update_cluster_settings(self: Any) -> ActionResult:
        cluster = self.ecs_backend._get_cluster(self._get_param("cluster"))
        cluster.settings = self._get_param("settings")
        return ActionResult({"cluster": cluster})
