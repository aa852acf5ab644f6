"""EFS: file system, lifecycle, policy, mount targets, access point."""

from __future__ import annotations

import json

from .world import World, holds, refused, tagged, tags


def make(world: World) -> None:
    """Makes the shared file system and the ways into it."""
    make_file_system(world)
    make_policies(world)
    make_mount_targets(world)
    make_access_point(world)


def make_file_system(world: World) -> None:
    """The file system; its creation token is refused a second time."""
    efs = world.client("efs")
    asked = {
        "CreationToken": "3" * 32,
        "Encrypted": True,
        "KmsKeyId": world.ids["key"],
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "bursting",
    }
    file_system = world.ids["efs"] = efs.create_file_system(**asked, Tags=tags())["FileSystemId"]
    refused(lambda: efs.create_file_system(**asked), "FileSystemAlreadyExists")
    holds(efs.describe_file_systems(CreationToken="3" * 32)["FileSystems"], [{"FileSystemId": file_system}])
    found = efs.describe_file_systems(FileSystemId=file_system)["FileSystems"][0]
    holds(found, asked | {"LifeCycleState": "available"})
    tagged(found["Tags"])
    world.on_removal(
        "efs.file_system",
        lambda: efs.delete_file_system(FileSystemId=file_system),
        "FileSystemNotFound",
        look=lambda: efs.describe_file_systems(FileSystemId=file_system),
    )


def make_policies(world: World) -> None:
    """Files move to infrequent access after a week; only TLS is let in. Neither can be left behind: they go with the
    file system.
    """
    efs, file_system = world.client("efs"), world.ids["efs"]
    weekly = [{"TransitionToIA": "AFTER_7_DAYS"}]
    efs.put_lifecycle_configuration(FileSystemId=file_system, LifecyclePolicies=weekly)
    holds(efs.describe_lifecycle_configuration(FileSystemId=file_system)["LifecyclePolicies"], weekly)
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*", "Condition": insecure}
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    efs.put_file_system_policy(FileSystemId=file_system, Policy=json.dumps(policy))
    assert json.loads(efs.describe_file_system_policy(FileSystemId=file_system)["Policy"]) == policy
    refused(lambda: efs.describe_file_system_policy(FileSystemId="fs-00000000"), "FileSystemNotFound")
    for _ in range(2):
        efs.delete_file_system_policy(FileSystemId=file_system)
    refused(lambda: efs.describe_file_system_policy(FileSystemId=file_system), "PolicyNotFound")
    efs.update_file_system(FileSystemId=file_system, ThroughputMode="elastic")
    holds(efs.describe_file_systems(FileSystemId=file_system)["FileSystems"], [{"ThroughputMode": "elastic"}])
    efs.put_backup_policy(FileSystemId=file_system, BackupPolicy={"Status": "ENABLED"})
    holds(efs.describe_backup_policy(FileSystemId=file_system), {"BackupPolicy": {"Status": "ENABLED"}})


def make_mount_targets(world: World) -> None:
    """A mount target in each zone."""
    efs, file_system = world.client("efs"), world.ids["efs"]
    for subnet in world.ids["subnets"][1:]:
        request = {"FileSystemId": file_system, "SubnetId": subnet, "SecurityGroups": [world.ids["group"]]}
        target = efs.create_mount_target(**request)["MountTargetId"]
        refused(lambda request=request: efs.create_mount_target(**request), "MountTargetConflict")
        found = efs.describe_mount_targets(MountTargetId=target)["MountTargets"]
        holds(found, [{"LifeCycleState": "available", "SubnetId": subnet, "FileSystemId": file_system}])
        groups = efs.describe_mount_target_security_groups(MountTargetId=target)["SecurityGroups"]
        assert groups == [world.ids["group"]]
        world.on_removal(
            "efs.mount_target",
            lambda target=target: efs.delete_mount_target(MountTargetId=target),
            "MountTargetNotFound",
            look=lambda target=target: efs.describe_mount_targets(MountTargetId=target),
        )
    refused(lambda: efs.delete_file_system(FileSystemId=file_system), "FileSystemInUse")


def make_access_point(world: World) -> None:
    """An access point with its own user and folder; its token is refused a second time."""
    efs = world.client("efs")
    asked = {
        "FileSystemId": world.ids["efs"],
        "PosixUser": {"Uid": 1000, "Gid": 1000},
        "RootDirectory": {
            "Path": "/video",
            "CreationInfo": {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "0750"},
        },
    }
    point = efs.create_access_point(ClientToken="4" * 32, Tags=tags(), **asked)["AccessPointId"]
    refused(lambda: efs.create_access_point(ClientToken="4" * 32, Tags=tags(), **asked), "AccessPointAlreadyExists")
    found = efs.describe_access_points(AccessPointId=point)["AccessPoints"][0]
    holds(found, asked | {"LifeCycleState": "available"})
    tagged(found["Tags"])
    world.on_removal(
        "efs.access_point",
        lambda: efs.delete_access_point(AccessPointId=point),
        "AccessPointNotFound",
        look=lambda: efs.describe_access_points(AccessPointId=point),
    )
