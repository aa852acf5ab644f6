"""ElastiCache: replication groups that end, have their replicas, and hold on to their subnet group."""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import ec2_backends
from moto.elasticache.exceptions import CacheSubnetGroupNotFound, ElastiCacheException, ReplicationGroupNotFound
from moto.elasticache.models import CacheSubnetGroup, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from .patch import added, around


class CacheSubnetGroupInUse(ElastiCacheException):
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html"""

    code = "CacheSubnetGroupInUse"

    def __init__(self, name: str):
        super().__init__(f"Cache subnet group {name} is currently in use by a cache cluster.")


class CacheSubnetGroupAlreadyExists(ElastiCacheException):
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html"""

    code = "CacheSubnetGroupAlreadyExists"

    def __init__(self, name: str):
        super().__init__(f"Cache subnet group {name} already exists.")


def patch() -> None:
    """Applies every patch of this module."""
    deletion_ends()
    subnet_groups_can_be_deleted()
    subnet_group_names_are_unique()
    groups_have_their_replicas()
    groups_need_their_subnet_group()
    members_are_cache_clusters()
    modify_applies_the_rest()
    replicas_come_and_go()
    subnet_groups_change()
    there_are_no_events()


def deletion_ends() -> None:
    """AWS removes a replication group some minutes after DeleteReplicationGroup. moto leaves it `deleting` for ever, so
    no teardown could end. Here the answer says `deleting` and the group is gone at the next look.
    """

    @around(ElastiCacheBackend, "delete_replication_group")
    def delete(original: Any, self: Any, replication_group_id: str, **kwargs: Any) -> ReplicationGroup:
        leaving = copy.copy(original(self, replication_group_id=replication_group_id, **kwargs))
        self.replication_groups.pop(replication_group_id)
        return leaving


def subnet_groups_can_be_deleted() -> None:
    """AWS deletes a cache subnet group, refusing with CacheSubnetGroupInUse while a replication group is in it.
    moto does not have the operation and answers HTTP 500, which SDKs retry.
    """

    @added(ElastiCacheResponse)
    def delete_cache_subnet_group(self: Any) -> EmptyResult:
        name = self._get_param("CacheSubnetGroupName").lower()
        backend = self.elasticache_backend
        if name not in backend.cache_subnet_groups:
            raise CacheSubnetGroupNotFound(name)
        users = [*backend.replication_groups.values(), *backend.cache_clusters.values()]
        if any(user.cache_subnet_group_name == name for user in users):
            raise CacheSubnetGroupInUse(name)
        group = backend.cache_subnet_groups.pop(name)
        backend.tagging_service.delete_all_tags_for_resource(group.arn)
        return EmptyResult()


def subnet_group_names_are_unique() -> None:
    """AWS refuses a second group of the same name with CacheSubnetGroupAlreadyExists and stores names in lower case.
    moto's answer to a repeat depends on its version; resuming after a lost answer rests on the refusal.
    """

    @around(ElastiCacheBackend, "create_cache_subnet_group")
    def create(original: Any, self: Any, cache_subnet_group_name: str, **kwargs: Any) -> CacheSubnetGroup:
        name = cache_subnet_group_name.lower()
        if name in self.cache_subnet_groups:
            raise CacheSubnetGroupAlreadyExists(name)
        return original(self, cache_subnet_group_name=name, **kwargs)


def groups_have_their_replicas() -> None:
    """AWS makes NumCacheClusters nodes in a group whose cluster mode is disabled, with a primary and a reader endpoint.
    moto looks only at ReplicasPerNodeGroup there: one node, and no ReaderEndpoint.
    """

    @around(ReplicationGroup, "_set_node_members_clusters_disabled")
    def members(original: Any, self: Any, num_cache_clusters: int, replicas_per_node_group: int, **kwargs: Any) -> None:
        replicas = replicas_per_node_group or max(num_cache_clusters - 1, 0)
        original(self, num_cache_clusters=num_cache_clusters, replicas_per_node_group=replicas, **kwargs)
        node_group = kwargs["node_group"]
        node_group["reader_endpoint"] = {"address": node_group["reader_endpoint_address"], "port": self.port}


def groups_need_their_subnet_group() -> None:
    """AWS answers CacheSubnetGroupNotFoundFault to a replication group in a subnet group that does not exist. moto
    takes any name, which would hide a wrong order of creation.
    """

    @around(ElastiCacheBackend, "create_replication_group")
    def create(original: Any, self: Any, cache_subnet_group_name: str | None, **kwargs: Any) -> ReplicationGroup:
        name = cache_subnet_group_name.lower() if cache_subnet_group_name else None
        if name and name not in self.cache_subnet_groups:
            raise CacheSubnetGroupNotFound(name)
        return original(self, cache_subnet_group_name=name, **kwargs)


def members_are_cache_clusters() -> None:
    """AWS shows every member of a replication group in DescribeCacheClusters; it is the only place that tells its
    zone, subnet group, security groups, engine version and maintenance window. moto shows none.
    """

    @around(ElastiCacheBackend, "describe_cache_clusters")
    def describe(original: Any, self: Any, cache_cluster_id: str | None) -> list[Any]:
        members = [m for group in self.replication_groups.values() for m in member_clusters(self, group)]
        if cache_cluster_id is None:
            return [*original(self, cache_cluster_id), *members]
        named = [m for m in members if m["cache_cluster_id"] == cache_cluster_id]
        return named or original(self, cache_cluster_id)


def member_clusters(backend: Any, group: ReplicationGroup) -> list[dict[str, Any]]:
    """The members of `group` as DescribeCacheClusters shows them."""
    security_groups = [{"security_group_id": s, "status": "active"} for s in group.security_group_ids or []]
    zones = zones_of(backend, group.cache_subnet_group_name)
    return [
        {
            "cache_cluster_id": name,
            "ARN": f"arn:aws:elasticache:{backend.region_name}:{backend.account_id}:cluster:{name}",
            "replication_group_id": group.replication_group_id,
            "cache_cluster_status": group.status,
            "cache_node_type": group.cache_node_type,
            "engine": group.engine,
            "engine_version": group.engine_version,
            "num_cache_nodes": 1,
            "preferred_availability_zone": zones[turn % len(zones)],
            "cache_subnet_group_name": group.cache_subnet_group_name,
            "cache_parameter_group": {"cache_parameter_group_name": group.cache_parameter_group_name},
            "security_groups": security_groups,
            "snapshot_retention_limit": group.snapshot_retention_limit,
            "preferred_maintenance_window": group.preferred_maintenance_window,
            "transit_encryption_enabled": group.transit_encryption_enabled,
            "at_rest_encryption_enabled": group.at_rest_encryption_enabled,
            "auto_minor_version_upgrade": group.auto_minor_version_upgrade,
        }
        for turn, name in enumerate(group.member_clusters)
    ]


def zones_of(backend: Any, subnet_group: str | None) -> list[str]:
    """The zones of a subnet group's subnets, over which AWS spreads the nodes."""
    wanted = backend.cache_subnet_groups[subnet_group].subnet_ids if subnet_group else []
    subnets = ec2_backends[backend.account_id][backend.region_name].describe_subnets(subnet_ids=wanted)
    return sorted({subnet.availability_zone for subnet in subnets})


def modify_applies_the_rest() -> None:
    """AWS's ModifyReplicationGroup with ApplyImmediately changes security groups, engine version, parameter group and
    windows too. moto drops those silently, so an update would look like drift for ever.
    """
    plain = {
        "SecurityGroupIds": "security_group_ids",
        "EngineVersion": "engine_version",
        "CacheParameterGroupName": "cache_parameter_group_name",
        "SnapshotWindow": "snapshot_window",
        "PreferredMaintenanceWindow": "preferred_maintenance_window",
        "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    }

    @around(ElastiCacheResponse, "modify_replication_group")
    def modify(original: Any, self: Any) -> ActionResult:
        answer = original(self)
        group = self.elasticache_backend.replication_groups[self._get_param("ReplicationGroupId")]
        for parameter, attribute in plain.items():
            value = self._get_param(parameter)
            if value is not None:
                setattr(group, attribute, value)
        return answer


def replicas_come_and_go() -> None:
    """AWS changes the number of replicas with IncreaseReplicaCount and DecreaseReplicaCount. moto has neither and
    answers HTTP 500, which SDKs retry.
    """

    @added(ElastiCacheResponse)
    def increase_replica_count(self: Any) -> ActionResult:
        return ActionResult({"ReplicationGroup": with_replicas(self)})

    @added(ElastiCacheResponse)
    def decrease_replica_count(self: Any) -> ActionResult:
        return ActionResult({"ReplicationGroup": with_replicas(self)})


def with_replicas(response: Any) -> ReplicationGroup:
    """The group of the request with as many replicas as it asks for; the primary stays."""
    name, replicas = response._get_param("ReplicationGroupId"), response._get_int_param("NewReplicaCount")
    groups = response.elasticache_backend.replication_groups
    if name not in groups:
        raise ReplicationGroupNotFound(name)
    group = groups[name]
    node_group = group.node_groups[0]
    node_group["node_group_members"] = []
    group.member_clusters = []
    group._set_node_members_clusters_disabled(
        member_clusters=group.member_clusters,
        replication_group_id=name,
        replication_group_domain=node_group["primary_endpoint_address"].removeprefix("master."),
        node_group=node_group,
        preferred_cache_cluster_azs=[],
        num_cache_clusters=replicas + 1,
        replicas_per_node_group=replicas,
    )
    return group


def subnet_groups_change() -> None:
    """AWS changes the subnets and description of a cache subnet group in place. moto does not have the operation and
    answers HTTP 500.
    """

    @added(ElastiCacheResponse)
    def modify_cache_subnet_group(self: Any) -> ActionResult:
        name, backend = self._get_param("CacheSubnetGroupName").lower(), self.elasticache_backend
        if name not in backend.cache_subnet_groups:
            raise CacheSubnetGroupNotFound(name)
        old = backend.cache_subnet_groups[name]
        new = CacheSubnetGroup(
            account_id=backend.account_id,
            region_name=backend.region_name,
            cache_subnet_group_name=name,
            cache_subnet_group_description=self._get_param("CacheSubnetGroupDescription")
            or old.cache_subnet_group_description,
            subnet_ids=self._get_param("SubnetIds") or old.subnet_ids,
            tags=old.tags,
        )
        backend.cache_subnet_groups[name] = new
        return ActionResult({"CacheSubnetGroup": new})


def there_are_no_events() -> None:
    """AWS tells in DescribeEvents what a group is doing. moto does not have the operation and answers HTTP 500; nothing
    happens over time here, so there is nothing to tell.
    """

    @added(ElastiCacheResponse)
    def describe_events(_self: Any) -> ActionResult:
        return ActionResult({"Events": []})
