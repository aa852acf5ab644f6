"""ElastiCache: subnet group, replication group."""

from __future__ import annotations

from .world import SUFFIX, World, holds, refused, tagged, tags


def make(world: World) -> None:
    """Makes the cache and the subnet group it is in."""
    make_subnet_group(world)
    make_replication_group(world)


def make_subnet_group(world: World) -> None:
    """A subnet group over two zones."""
    cache, name = world.client("elasticache"), f"elasticache-subnets-{SUFFIX}"
    request = {
        "CacheSubnetGroupName": name,
        "CacheSubnetGroupDescription": "exercise",
        "SubnetIds": world.ids["subnets"][1:],
    }
    arn = cache.create_cache_subnet_group(**request, Tags=tags())["CacheSubnetGroup"]["ARN"]
    refused(lambda: cache.create_cache_subnet_group(**request), "CacheSubnetGroupAlreadyExists")
    found = cache.describe_cache_subnet_groups(CacheSubnetGroupName=name)["CacheSubnetGroups"][0]
    holds(found, {"VpcId": world.ids["vpc"], "CacheSubnetGroupDescription": "exercise"})
    assert sorted(s["SubnetIdentifier"] for s in found["Subnets"]) == sorted(world.ids["subnets"][1:])
    tagged(cache.list_tags_for_resource(ResourceName=arn)["TagList"])
    world.on_removal(
        "elasticache.subnet_group",
        lambda: cache.delete_cache_subnet_group(CacheSubnetGroupName=name),
        "CacheSubnetGroupNotFoundFault",
        look=lambda: cache.describe_cache_subnet_groups(CacheSubnetGroupName=name),
    )


def make_replication_group(world: World) -> None:
    """Two nodes with failover, encrypted; a change of node type."""
    cache, name = world.client("elasticache"), f"elasticache-redis-{SUFFIX}"
    request = {
        "ReplicationGroupId": name,
        "ReplicationGroupDescription": "exercise",
        "Engine": "redis",
        "EngineVersion": "7.0",
        "CacheNodeType": "cache.t3.micro",
        "NumCacheClusters": 2,
        "AutomaticFailoverEnabled": True,
        "MultiAZEnabled": True,
        "AtRestEncryptionEnabled": True,
        "TransitEncryptionEnabled": True,
        "KmsKeyId": world.ids["key"],
        "SnapshotRetentionLimit": 1,
        "CacheSubnetGroupName": f"elasticache-subnets-{SUFFIX}",
        "SecurityGroupIds": [world.ids["group"]],
    }
    refused(
        lambda: cache.create_replication_group(**request | {"CacheSubnetGroupName": "nowhere"}),
        "CacheSubnetGroupNotFoundFault",
    )
    cache.create_replication_group(**request, Tags=tags())
    refused(lambda: cache.create_replication_group(**request), "ReplicationGroupAlreadyExists")
    check_replication_group(world, name)
    change_replication_group(world, name)
    world.on_removal(
        "elasticache.replication_group",
        lambda: cache.delete_replication_group(ReplicationGroupId=name),
        "ReplicationGroupNotFoundFault",
        look=lambda: cache.describe_replication_groups(ReplicationGroupId=name),
    )


def check_replication_group(world: World, name: str) -> None:
    """What was asked for is shown, on the group or on its members."""
    cache = world.client("elasticache")
    found = cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
    members = [f"{name}-001", f"{name}-002"]
    asked = {
        "Status": "available",
        "MemberClusters": members,
        "AutomaticFailover": "enabled",
        "MultiAZ": "enabled",
        "AtRestEncryptionEnabled": True,
        "TransitEncryptionEnabled": True,
        "KmsKeyId": world.ids["key"],
        "SnapshotRetentionLimit": 1,
        "CacheNodeType": "cache.t3.micro",
        "ClusterEnabled": False,
    }
    holds(found, asked)
    holds(found["NodeGroups"], [{"PrimaryEndpoint": {"Port": 6379}, "ReaderEndpoint": {"Port": 6379}}])
    group = found["NodeGroups"][0]
    assert group["PrimaryEndpoint"]["Address"] and group["ReaderEndpoint"]["Address"]
    holds(group["NodeGroupMembers"], [{"CacheClusterId": m} for m in members])
    holds([m["CurrentRole"] for m in group["NodeGroupMembers"]], ["primary", "replica"])
    member = cache.describe_cache_clusters(CacheClusterId=members[1])["CacheClusters"][0]
    holds(member, {"CacheSubnetGroupName": f"elasticache-subnets-{SUFFIX}", "EngineVersion": "7.0"})
    holds(member["SecurityGroups"], [{"SecurityGroupId": world.ids["group"], "Status": "active"}])
    tagged(cache.list_tags_for_resource(ResourceName=found["ARN"])["TagList"])


def change_replication_group(world: World, name: str) -> None:
    """ModifyReplicationGroup applies at once; the subnet group in use cannot go."""
    cache = world.client("elasticache")
    change = {"CacheNodeType": "cache.t3.small", "SnapshotRetentionLimit": 2}
    cache.modify_replication_group(
        ReplicationGroupId=name, ApplyImmediately=True, SecurityGroupIds=[world.ids["tasks_group"]], **change
    )
    holds(cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"], [change])
    member = cache.describe_cache_clusters(CacheClusterId=f"{name}-001")["CacheClusters"][0]
    holds(member["SecurityGroups"], [{"SecurityGroupId": world.ids["tasks_group"]}])
    for count, operation in ((2, cache.increase_replica_count), (1, cache.decrease_replica_count)):
        operation(ReplicationGroupId=name, NewReplicaCount=count, ApplyImmediately=True)
        found = cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
        assert len(found["MemberClusters"]) == len(found["NodeGroups"][0]["NodeGroupMembers"]) == count + 1
    subnet_group = f"elasticache-subnets-{SUFFIX}"
    cache.modify_cache_subnet_group(CacheSubnetGroupName=subnet_group, CacheSubnetGroupDescription="changed")
    found = cache.describe_cache_subnet_groups(CacheSubnetGroupName=subnet_group)["CacheSubnetGroups"][0]
    assert (found["CacheSubnetGroupDescription"], len(found["Subnets"])) == ("changed", 2)
    holds(cache.describe_events(SourceType="replication-group"), {"Events": []})
    refused(
        lambda: cache.delete_cache_subnet_group(CacheSubnetGroupName=f"elasticache-subnets-{SUFFIX}"),
        "CacheSubnetGroupInUse",
    )
