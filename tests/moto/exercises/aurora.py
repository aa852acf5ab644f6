"""RDS: an Aurora cluster with its parameters, its secret, its instances, and its Data API."""

from __future__ import annotations

from typing import Any

from .world import SUFFIX, World, holds, refused, tagged, tags

CLUSTER = f"aurora-{SUFFIX}"
PARAMETERS = f"aurora-parameters-{SUFFIX}"
SUBNETS = f"aurora-subnets-{SUFFIX}"


def make(world: World) -> None:
    """Makes the cluster and what it stands on, changes it, and speaks SQL to it."""
    version = check_versions(world)
    make_groups(world)
    make_cluster(world, version)
    make_instances(world)
    rotate(world)
    change(world)
    execute(world)
    stop_and_start(world)


def check_versions(world: World) -> str:
    """The newest minor of Aurora PostgreSQL 16, of which Serverless v2 instances can be made in several zones."""
    rds = world.client("rds")
    found = rds.describe_db_engine_versions(Engine="aurora-postgresql", EngineVersion="16")["DBEngineVersions"]
    assert all(v["DBParameterGroupFamily"] == "aurora-postgresql16" for v in found), found
    newest = max((v["EngineVersion"] for v in found), key=lambda v: int(v.split(".")[1]))

    def options(**asked: str) -> list[dict[str, Any]]:
        return rds.describe_orderable_db_instance_options(**asked)["OrderableDBInstanceOptions"]

    asked = {"Engine": "aurora-postgresql", "EngineVersion": newest, "DBInstanceClass": "db.serverless"}
    assert len(options(**asked)[0]["AvailabilityZones"]) >= 2
    assert options(**{**asked, "DBInstanceClass": "db.x9.huge"}) == []
    assert options(Engine="postgres", EngineVersion="15.14", DBInstanceClass="db.t3.medium")
    return newest


def make_groups(world: World) -> None:
    """A subnet group, and a cluster parameter group that forces TLS."""
    rds = world.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName=SUBNETS, DBSubnetGroupDescription="exercise", SubnetIds=world.ids["subnets"][1:], Tags=tags()
    )
    world.on_removal(
        "aurora.subnet_group",
        lambda: rds.delete_db_subnet_group(DBSubnetGroupName=SUBNETS),
        "DBSubnetGroupNotFoundFault",
    )
    request = {
        "DBClusterParameterGroupName": PARAMETERS,
        "DBParameterGroupFamily": "aurora-postgresql16",
        "Description": "exercise",
    }
    made = rds.create_db_cluster_parameter_group(**request, Tags=tags())["DBClusterParameterGroup"]
    refused(lambda: rds.create_db_cluster_parameter_group(**request), "DBParameterGroupAlreadyExists")
    tagged(rds.list_tags_for_resource(ResourceName=made["DBClusterParameterGroupArn"])["TagList"])
    group = {"DBClusterParameterGroupName": PARAMETERS}
    forced = {"ParameterName": "rds.force_ssl", "ParameterValue": "1"}
    set_to = [{**forced, "ApplyMethod": "immediate"}]
    rds.modify_db_cluster_parameter_group(**group, Parameters=set_to)
    rds.reset_db_cluster_parameter_group(**group, Parameters=set_to)
    assert rds.describe_db_cluster_parameters(**group, Source="user")["Parameters"] == []
    rds.modify_db_cluster_parameter_group(**group, Parameters=set_to)
    holds(rds.describe_db_cluster_parameters(**group, Source="user")["Parameters"], [{**forced, "Source": "user"}])
    world.on_removal(
        "aurora.parameter_group",
        lambda: rds.delete_db_cluster_parameter_group(**group),
        "DBParameterGroupNotFound",
        look=lambda: rds.describe_db_cluster_parameter_groups(**group),
    )


def make_cluster(world: World, version: str) -> None:
    """The cluster, as the pipeline asks for it; its endpoints and its secret are known at once."""
    rds = world.client("rds")
    asked = {
        "DBClusterIdentifier": CLUSTER,
        "Engine": "aurora-postgresql",
        "EngineVersion": version,
        "DatabaseName": "videometadata",
        "MasterUsername": "postgres",
        "StorageEncrypted": True,
        "KmsKeyId": world.ids["key"],
        "BackupRetentionPeriod": 7,
        "DeletionProtection": False,
    }
    request = {
        **asked,
        "ManageMasterUserPassword": True,
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 1.0},
        "EnableHttpEndpoint": True,
        "EnableIAMDatabaseAuthentication": True,
        "EnableCloudwatchLogsExports": ["postgresql"],
        "DBSubnetGroupName": SUBNETS,
        "DBClusterParameterGroupName": PARAMETERS,
        "VpcSecurityGroupIds": [world.ids["group"]],
        "Tags": tags(),
    }
    made = rds.create_db_cluster(**request)["DBCluster"]
    assert made["Endpoint"] and made["ReaderEndpoint"] and made["MasterUserSecret"]["SecretArn"], made
    refused(lambda: rds.create_db_cluster(**request), "DBClusterAlreadyExistsFault")
    found = look(world)
    holds(found, asked | {"Status": "available", "HttpEndpointEnabled": True, "Port": 5432})
    holds(found, {"IAMDatabaseAuthenticationEnabled": True, "DBClusterParameterGroup": PARAMETERS})
    holds(found["ServerlessV2ScalingConfiguration"], {"MinCapacity": 0.5, "MaxCapacity": 1.0})
    assert found["DbClusterResourceId"].startswith("cluster-")
    tagged(found["TagList"])
    delete_group = {"DBClusterParameterGroupName": PARAMETERS}
    refused(lambda: rds.delete_db_cluster_parameter_group(**delete_group), "InvalidDBParameterGroupState")
    refused(lambda: rds.delete_db_subnet_group(DBSubnetGroupName=SUBNETS), "InvalidDBSubnetGroupStateFault")
    world.on_removal(
        "aurora.cluster",
        lambda: rds.delete_db_cluster(DBClusterIdentifier=CLUSTER, SkipFinalSnapshot=True, DeleteAutomatedBackups=True),
        "DBClusterNotFoundFault",
        look=lambda: rds.describe_db_clusters(DBClusterIdentifier=CLUSTER),
    )


def look(world: World) -> dict[str, Any]:
    """The cluster, as it is."""
    return world.client("rds").describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"][0]


def make_instances(world: World) -> None:
    """A writer and a reader."""
    rds = world.client("rds")
    for name in (f"aurora-writer-{SUFFIX}", f"aurora-reader-{SUFFIX}"):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier=CLUSTER,
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
            PromotionTier=1,
            Tags=tags(),
        )
        found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        holds(found, {"DBInstanceStatus": "available", "DBClusterIdentifier": CLUSTER, "PromotionTier": 1})
        tagged(found["TagList"])
        shown = {subnet["SubnetIdentifier"] for subnet in found["DBSubnetGroup"]["Subnets"]}
        assert shown == set(world.ids["subnets"][1:]), found
        world.on_removal(
            "aurora.instance",
            lambda name=name: rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True),
            "DBInstanceNotFound",
        )
    members = [m["IsClusterWriter"] for m in look(world)["DBClusterMembers"]]
    assert sorted(members) == [False, True], members
    refused(
        lambda: rds.delete_db_cluster(DBClusterIdentifier=CLUSTER, SkipFinalSnapshot=True), "InvalidDBClusterStateFault"
    )


def rotate(world: World) -> None:
    """The schedule of the secret RDS manages."""
    secrets, arn = world.client("secretsmanager"), look(world)["MasterUserSecret"]["SecretArn"]
    secrets.rotate_secret(SecretId=arn, RotationRules={"AutomaticallyAfterDays": 30}, RotateImmediately=False)
    found = secrets.describe_secret(SecretId=arn)
    holds(found, {"RotationEnabled": True, "RotationRules": {"AutomaticallyAfterDays": 30}})


def change(world: World) -> None:
    """What can be changed in place."""
    rds, arn = world.client("rds"), look(world)["DBClusterArn"]
    rds.disable_http_endpoint(ResourceArn=arn)
    holds(look(world), {"HttpEndpointEnabled": False})
    rds.enable_http_endpoint(ResourceArn=arn)
    rds.modify_db_cluster(
        DBClusterIdentifier=CLUSTER,
        ServerlessV2ScalingConfiguration={"MinCapacity": 1.0, "MaxCapacity": 4.0},
        BackupRetentionPeriod=8,
        EnableIAMDatabaseAuthentication=False,
        ApplyImmediately=True,
    )
    found = look(world)
    holds(found, {"HttpEndpointEnabled": True, "BackupRetentionPeriod": 8, "IAMDatabaseAuthenticationEnabled": False})
    holds(found["ServerlessV2ScalingConfiguration"], {"MinCapacity": 1.0, "MaxCapacity": 4.0})


def execute(world: World) -> None:
    """A block that does its work once, whoever asks how often."""
    data, cluster = world.client("rds-data"), look(world)
    place = {
        "resourceArn": cluster["DBClusterArn"],
        "secretArn": cluster["MasterUserSecret"]["SecretArn"],
        "database": "videometadata",
    }
    asked = [{"name": "v", "value": {"stringValue": "it's"}}]
    select = {"sql": "select v from done where v = :v", "parameters": asked}
    refused(lambda: data.execute_statement(**place, **select), "DatabaseErrorException")
    block = (
        "do $a$ begin perform pg_advisory_xact_lock(1); create table if not exists done (v text primary key, at "
        "timestamptz default now()); if not exists (select 1 from done where v = $b$it's$b$) then execute $b$create "
        "table t (id int); create index i on t (id);$b$; insert into done (v) values ($b$it's$b$); end if; end $a$"
    )
    for _ in range(2):
        data.execute_statement(**place, sql=block)
        assert data.execute_statement(**place, **select)["records"] == [[{"stringValue": "it's"}]]
    assert data.execute_statement(**place, sql="select 1")["records"] == [[{"longValue": 1}]]
    refused(lambda: data.execute_statement(**place, sql="creat table u (id int)"), "DatabaseErrorException")
    refused(lambda: data.execute_statement(**{**place, "secretArn": "x" * 20}, **select), "SecretsErrorException")


def stop_and_start(world: World) -> None:
    """A stopped cluster runs again when it is started, and only then."""
    rds = world.client("rds")
    refused(lambda: rds.start_db_cluster(DBClusterIdentifier=CLUSTER), "InvalidDBClusterStateFault")
    rds.stop_db_cluster(DBClusterIdentifier=CLUSTER)
    holds(look(world), {"Status": "stopped"})
    rds.start_db_cluster(DBClusterIdentifier=CLUSTER)
    holds(look(world), {"Status": "available"})
