"""RDS, ElastiCache, EFS."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from .account import Account


def everything(account: Account) -> dict[str, list[Any]]:
    """Databases, caches and file systems, with the snapshots that outlive them."""
    return databases(account) | caches(account) | files(account)


def databases(account: Account) -> dict[str, list[Any]]:
    """Instances, groups, snapshots. Parameter groups with the parameters a user set."""
    instances = account.every("rds", "describe_db_instances", "DBInstances")
    subnets = account.every("rds", "describe_db_subnet_groups", "DBSubnetGroups")
    parameters = account.every("rds", "describe_db_parameter_groups", "DBParameterGroups")
    parameters = [group for group in parameters if not group["DBParameterGroupName"].startswith("default.")]
    for group in parameters:
        name = group["DBParameterGroupName"]
        group["Parameters"] = account.every(
            "rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name, Source="user"
        )
    clusters = account.every("rds", "describe_db_cluster_parameter_groups", "DBClusterParameterGroups")
    clusters = [group for group in clusters if not group["DBClusterParameterGroupName"].startswith("default.")]
    for group in clusters:
        name = group["DBClusterParameterGroupName"]
        group["Parameters"] = account.every(
            "rds", "describe_db_cluster_parameters", "Parameters", DBClusterParameterGroupName=name, Source="user"
        )
    for arn, groups in (
        ("DBSubnetGroupArn", subnets),
        ("DBParameterGroupArn", parameters),
        ("DBClusterParameterGroupArn", clusters),
    ):
        for group in groups:
            group["Tags"] = account.client("rds").list_tags_for_resource(ResourceName=group[arn])["TagList"]
    return {
        "rds:instance": instances,
        "rds:subnet-group": subnets,
        "rds:parameter-group": parameters,
        "rds:cluster": account.every("rds", "describe_db_clusters", "DBClusters"),
        "rds:cluster-parameter-group": clusters,
        "rds:cluster-snapshot": account.every("rds", "describe_db_cluster_snapshots", "DBClusterSnapshots"),
        "rds:cluster-automated-backup": account.every(
            "rds", "describe_db_cluster_automated_backups", "DBClusterAutomatedBackups"
        ),
        "rds:snapshot": account.every("rds", "describe_db_snapshots", "DBSnapshots"),
        "rds:automated-backup": account.every(
            "rds", "describe_db_instance_automated_backups", "DBInstanceAutomatedBackups"
        ),
    }


def caches(account: Account) -> dict[str, list[Any]]:
    """Replication groups, their members, subnet groups, snapshots."""
    groups = account.every("elasticache", "describe_replication_groups", "ReplicationGroups")
    subnets = account.every("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
    subnets = [group for group in subnets if group["CacheSubnetGroupName"] != "default"]
    for item in (*groups, *subnets):
        item["Tags"] = account.client("elasticache").list_tags_for_resource(ResourceName=item["ARN"])["TagList"]
    return {
        "elasticache:replication-group": groups,
        "elasticache:subnet-group": subnets,
        "elasticache:cluster": account.every("elasticache", "describe_cache_clusters", "CacheClusters"),
        "elasticache:snapshot": account.every("elasticache", "describe_snapshots", "Snapshots"),
    }


def files(account: Account) -> dict[str, list[Any]]:
    """File systems with lifecycle and policy, mount targets with groups, access points."""
    efs = account.client("efs")
    systems = account.every("efs", "describe_file_systems", "FileSystems")
    targets = []
    for system in systems:
        identifier = system["FileSystemId"]
        lifecycle = efs.describe_lifecycle_configuration(FileSystemId=identifier)
        system["LifecyclePolicies"] = lifecycle["LifecyclePolicies"]
        system["Policy"] = file_system_policy(efs, identifier)
        targets += account.every("efs", "describe_mount_targets", "MountTargets", FileSystemId=identifier)
    for target in targets:
        answer = efs.describe_mount_target_security_groups(MountTargetId=target["MountTargetId"])
        target["SecurityGroups"] = answer["SecurityGroups"]
    return {
        "efs:file-system": systems,
        "efs:mount-target": targets,
        "efs:access-point": account.every("efs", "describe_access_points", "AccessPoints"),
    }


def file_system_policy(efs: Any, identifier: str) -> str | None:
    """The policy of a file system, None where it has none."""
    try:
        return efs.describe_file_system_policy(FileSystemId=identifier)["Policy"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "PolicyNotFound":
            raise
        return None
