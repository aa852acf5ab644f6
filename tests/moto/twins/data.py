"""Rules for secrets, the database, the cache and the shared files."""

from __future__ import annotations

import json
from typing import Any

from .environment import Environment, demand, demand_equal

Resource = dict[str, Any]


def value_of(environment: Environment, prefix: str) -> str:
    """The value of a secret; callers say what is wrong with it, never what it is."""
    secret = environment.secret(prefix)
    answer = environment.account.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])
    return answer["SecretString"]


def members_of(value: str) -> dict[str, Any]:
    """A secret's members; a bare value is its only member."""
    try:
        parsed = json.loads(value)
    except ValueError:
        return {"": value}
    return parsed if isinstance(parsed, dict) else {"": value}


def secret(environment: Environment, resource: Resource) -> None:
    """A generated value as long as asked, without the characters left out, under the key asked for."""
    wanted = resource["properties"]["GenerateSecretString"]
    prefix = "db-secret" if "GenerateStringKey" in wanted else "api-secret"
    members = members_of(value_of(environment, prefix))
    for key, value in json.loads(wanted.get("SecretStringTemplate", "{}")).items():
        demand_equal(members.get(key), value, f"member {key}")
    key = wanted.get("GenerateStringKey")
    generated = str(members.get(key, "")) if key else max((str(v) for v in members.values()), key=len)
    demand(len(generated) >= wanted["PasswordLength"], f"the generated value has {len(generated)} characters")
    unwanted = set(generated) & set(wanted["ExcludeCharacters"])
    demand(not unwanted, f"the generated value has {len(unwanted)} kinds of excluded characters")


def secret_attachment(environment: Environment, _resource: Resource) -> None:
    """The connection details are written back: host, port and name of the database."""
    members, found = members_of(value_of(environment, "db-secret")), instance(environment)
    demand_equal(members.get("host"), found["Endpoint"]["Address"], "member host")
    demand_equal(str(members.get("port")), str(found["Endpoint"]["Port"]), "member port")
    demand(found["DBName"] in members.values(), "no member holds the name of the database")


def instance(environment: Environment) -> Any:
    """The environment's database."""
    name = f"rds-postgresql-{environment.suffix}"
    return environment.one("rds:instance", name, lambda item: item["DBInstanceIdentifier"] == name)


def demand_subnets(environment: Environment, found: list[Any], references: list[Any]) -> None:
    """A subnet group has exactly the subnets the list gives it."""
    wanted = sorted(environment.subnet_for(reference)["SubnetId"] for reference in references)
    demand_equal(sorted(s["SubnetIdentifier"] for s in found), wanted, "its subnets")


def database_subnets(environment: Environment, resource: Resource) -> None:
    """The instance's subnet group."""
    name = instance(environment)["DBSubnetGroup"]["DBSubnetGroupName"]
    found = environment.one("rds:subnet-group", name, lambda item: item["DBSubnetGroupName"] == name)
    demand_subnets(environment, found["Subnets"], resource["properties"]["SubnetIds"])


def database(environment: Environment, resource: Resource) -> None:
    """Sizes and flags as asked or stricter; the same major version and no older minor."""
    found, wanted = instance(environment), resource["properties"]
    for member in ("DBInstanceClass", "DBName", "Engine", "StorageType", "MultiAZ", "CopyTagsToSnapshot"):
        demand_equal(found.get(member), wanted[member], member)
    demand_equal(found["PubliclyAccessible"], False, "PubliclyAccessible")
    demand_equal(found["IAMDatabaseAuthenticationEnabled"], True, "IAMDatabaseAuthenticationEnabled")
    demand_equal(found["MasterUsername"], "postgres", "MasterUsername")
    for member in ("AllocatedStorage", "BackupRetentionPeriod"):
        demand(found[member] >= int(wanted[member]), f"{member} is {found[member]}, wanted {wanted[member]}")
    major, minor = (int(part) for part in found["EngineVersion"].split("."))
    wanted_major, wanted_minor = (int(part) for part in wanted["EngineVersion"].split("."))
    demand(major == wanted_major and minor >= wanted_minor, f"EngineVersion is {found['EngineVersion']}")
    groups = [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]]
    demand_equal(groups, [environment.security_group("rds-sg")["GroupId"]], "its security groups")


def replication_group(environment: Environment) -> tuple[Any, Any]:
    """The environment's replication group and one of its members, which alone shows where it stands."""
    name = f"elasticache-redis-{environment.suffix}"
    group = environment.one("elasticache:replication-group", name, lambda item: item["ReplicationGroupId"] == name)
    first = group["MemberClusters"][0]
    return group, environment.one("elasticache:cluster", first, lambda item: item["CacheClusterId"] == first)


def cache_subnets(environment: Environment, resource: Resource) -> None:
    """The replication group's subnet group."""
    _group, member = replication_group(environment)
    name = member["CacheSubnetGroupName"]
    found = environment.one("elasticache:subnet-group", name, lambda item: item["CacheSubnetGroupName"] == name)
    demand_subnets(environment, found["Subnets"], resource["properties"]["SubnetIds"])


def cache(environment: Environment, resource: Resource) -> None:
    """Nodes, failover and encryption."""
    wanted = resource["properties"]
    group, member = replication_group(environment)
    for flag in ("AtRestEncryptionEnabled", "TransitEncryptionEnabled"):
        demand_equal(group[flag], True, flag)
    for state in ("AutomaticFailover", "MultiAZ"):
        demand_equal(group[state], "enabled", state)
    demand_equal(group["CacheNodeType"], wanted["CacheNodeType"], "CacheNodeType")
    nodes = len(group["MemberClusters"])
    demand(nodes >= wanted["NumCacheClusters"], f"{nodes} nodes, wanted {wanted['NumCacheClusters']}")
    demand_equal(member["Engine"], wanted["Engine"], "Engine")
    demand(member["EngineVersion"].startswith(wanted["EngineVersion"]), f"EngineVersion {member['EngineVersion']}")
    groups = [group["SecurityGroupId"] for group in member["SecurityGroups"]]
    demand_equal(groups, [environment.security_group("elasticache-sg")["GroupId"]], "its security groups")


def mount_targets(environment: Environment) -> list[Any]:
    """The mount targets in the environment's VPC."""
    identifier = environment.vpc_id()
    own = {item["SubnetId"] for item in environment.live["ec2:subnet"] if item["VpcId"] == identifier}
    return [target for target in environment.live["efs:mount-target"] if target["SubnetId"] in own]


def file_system(environment: Environment, resource: Resource) -> None:
    """The file system behind the mount targets: encrypted, and cold files move at least as soon."""
    wanted = resource["properties"]
    identifiers = {target["FileSystemId"] for target in mount_targets(environment)}
    demand(len(identifiers) == 1, f"{len(identifiers)} file systems have mount targets in the VPC")
    found = environment.one("efs:file-system", "mounted", lambda item: item["FileSystemId"] in identifiers)
    for member in ("Encrypted", "PerformanceMode", "ThroughputMode"):
        demand_equal(found[member], wanted[member], member)
    for policy in wanted["LifecyclePolicies"]:
        demand(policy in found["LifecyclePolicies"], f"lifecycle is {found['LifecyclePolicies']}")


def mount_target(environment: Environment, resource: Resource) -> None:
    """One in the subnet, behind the file system's group."""
    subnet = environment.subnet_for(resource["properties"]["SubnetId"])["SubnetId"]
    targets = [target for target in mount_targets(environment) if target["SubnetId"] == subnet]
    demand(len(targets) == 1, f"{len(targets)} mount targets in {subnet}")
    wanted = [environment.security_group("efs-sg")["GroupId"]]
    demand_equal(targets[0]["SecurityGroups"], wanted, "its security groups")
