"""RDS: engine versions, subnet group, parameter group, instance."""

from __future__ import annotations

from typing import Any

from .world import SUFFIX, World, holds, refused, tagged, tags


def make(world: World) -> None:
    """Makes the database and what it stands on."""
    newest = check_engine_versions(world)
    make_subnet_group(world)
    make_parameter_group(world)
    make_instance(world, newest)


def check_engine_versions(world: World) -> str:
    """The newest minor of PostgreSQL 15; filters are honoured."""
    rds = world.client("rds")

    def versions(**asked: object) -> list[str]:
        return [v["EngineVersion"] for v in rds.describe_db_engine_versions(**asked)["DBEngineVersions"]]

    minors = versions(Engine="postgres", EngineVersion="15")
    assert len(minors) >= 3 and all(m.startswith("15.") for m in minors), minors
    assert any(m.startswith("16.") for m in versions(Engine="postgres", IncludeAll=True))
    assert versions(Engine="postgres", EngineVersion="15.12") == ["15.12"]
    assert len(versions(Engine="postgres", EngineVersion="15", DefaultOnly=True)) == 1
    assert versions(Engine="postgres", EngineVersion="1") == versions(Engine="postgres", EngineVersion="99") == []
    return max(minors, key=lambda minor: int(minor.split(".")[1]))


def make_subnet_group(world: World) -> None:
    """A subnet group over two zones."""
    rds, name = world.client("rds"), f"rds-subnets-{SUFFIX}"
    request = {
        "DBSubnetGroupName": name,
        "DBSubnetGroupDescription": "exercise",
        "SubnetIds": world.ids["subnets"][1:],
    }
    arn = rds.create_db_subnet_group(**request, Tags=tags())["DBSubnetGroup"]["DBSubnetGroupArn"]
    refused(lambda: rds.create_db_subnet_group(**request), "DBSubnetGroupAlreadyExists")
    found = rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]
    assert sorted(s["SubnetIdentifier"] for s in found["Subnets"]) == sorted(world.ids["subnets"][1:])
    tagged(rds.list_tags_for_resource(ResourceName=arn)["TagList"])
    world.on_removal(
        "rds.subnet_group",
        lambda: rds.delete_db_subnet_group(DBSubnetGroupName=name),
        "DBSubnetGroupNotFoundFault",
        look=lambda: rds.describe_db_subnet_groups(DBSubnetGroupName=name),
    )


def make_parameter_group(world: World) -> None:
    """A parameter group that forces TLS."""
    rds, name = world.client("rds"), f"rds-parameters-{SUFFIX}"
    request = {"DBParameterGroupName": name, "DBParameterGroupFamily": "postgres15", "Description": "exercise"}
    arn = rds.create_db_parameter_group(**request, Tags=tags())["DBParameterGroup"]["DBParameterGroupArn"]
    refused(lambda: rds.create_db_parameter_group(**request), "DBParameterGroupAlreadyExists")
    forced = {"ParameterName": "rds.force_ssl", "ParameterValue": "1"}
    rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[{**forced, "ApplyMethod": "immediate"}])
    shown = rds.describe_db_parameters(DBParameterGroupName=name, Source="user")["Parameters"]
    holds(shown, [{**forced, "Source": "user"}])
    tagged(rds.list_tags_for_resource(ResourceName=arn)["TagList"])
    world.on_removal(
        "rds.parameter_group",
        lambda: rds.delete_db_parameter_group(DBParameterGroupName=name),
        "DBParameterGroupNotFound",
        look=lambda: rds.describe_db_parameter_groups(DBParameterGroupName=name),
    )


def make_instance(world: World, version: str) -> None:
    """The instance, as the pipeline asks for it, and a change of it."""
    rds, name = world.client("rds"), f"rds-postgresql-{SUFFIX}"
    asked = instance(world, name, version)
    request = {
        **asked,
        "MasterUserPassword": "not-a-secret-only-an-exercise",
        "EnableIAMDatabaseAuthentication": True,
        "DBSubnetGroupName": f"rds-subnets-{SUFFIX}",
        "DBParameterGroupName": f"rds-parameters-{SUFFIX}",
        "VpcSecurityGroupIds": [world.ids["group"]],
        "Tags": tags(),
    }
    rds.create_db_instance(**request)
    refused(lambda: rds.create_db_instance(**request), "DBInstanceAlreadyExists")
    check_instance(world, name, asked)
    change = {"BackupRetentionPeriod": 8, "DBInstanceClass": "db.t3.large"}
    rds.modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True, **change)
    changed = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    holds(changed, change | {"DBInstanceStatus": "available"})
    subnets, parameters = f"rds-subnets-{SUFFIX}", f"rds-parameters-{SUFFIX}"
    refused(lambda: rds.delete_db_subnet_group(DBSubnetGroupName=subnets), "InvalidDBSubnetGroupStateFault")
    refused(lambda: rds.delete_db_parameter_group(DBParameterGroupName=parameters), "InvalidDBParameterGroupState")
    world.on_removal(
        "rds.instance",
        lambda: rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True),
        "DBInstanceNotFound",
        look=lambda: rds.describe_db_instances(DBInstanceIdentifier=name),
    )


def instance(world: World, name: str, version: str) -> dict[str, Any]:
    """What is asked for under the name it is shown under, too."""
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "EngineVersion": version,
        "DBName": "videometadata",
        "MasterUsername": "postgres",
        "AllocatedStorage": 100,
        "StorageType": "gp3",
        "StorageEncrypted": True,
        "KmsKeyId": world.ids["key"],
        "MultiAZ": True,
        "PubliclyAccessible": False,
        "BackupRetentionPeriod": 7,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": False,
    }


def check_instance(world: World, name: str, asked: dict[str, Any]) -> None:
    """What was asked for is shown, with what it stands on."""
    rds = world.client("rds")
    found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    holds(found, asked | {"DBInstanceStatus": "available", "IAMDatabaseAuthenticationEnabled": True})
    holds(found["DBParameterGroups"], [{"DBParameterGroupName": f"rds-parameters-{SUFFIX}"}])
    holds(found["DBSubnetGroup"], {"DBSubnetGroupName": f"rds-subnets-{SUFFIX}", "VpcId": world.ids["vpc"]})
    holds(found["VpcSecurityGroups"], [{"VpcSecurityGroupId": world.ids["group"], "Status": "active"}])
    assert found["Endpoint"]["Address"] and found["Endpoint"]["Port"] == 5432
    assert found["DbiResourceId"].startswith("db-")
    tagged(found["TagList"])
    tagged(rds.list_tags_for_resource(ResourceName=found["DBInstanceArn"])["TagList"])
