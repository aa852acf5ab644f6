"""Rules for the cluster, the task definition, its roles and logs."""

from __future__ import annotations

from typing import Any

from .data import instance, mount_targets, replication_group
from .environment import Environment, Weaker, demand, demand_equal

Resource = dict[str, Any]
IMAGE = "amazon/amazon-ecs-sample"
MOUNT = "/mnt/efs"


def cluster(environment: Environment, resource: Resource) -> None:
    """The cluster, with Container Insights on."""
    name = environment.named(resource["properties"]["ClusterName"])
    found = environment.one("ecs:cluster", name, lambda item: item["clusterName"] == name)
    insights = [s["value"] for s in found["settings"] if s["name"] == "containerInsights"]
    demand(insights and insights[0] in ("enabled", "enhanced"), f"containerInsights is {insights}")


def worker(environment: Environment) -> tuple[Any, Any]:
    """The worker's newest task definition, known by its image and its mount, and its container."""
    name = f"video-processing-{environment.suffix}"
    services = [item for item in environment.live["ecs:service"] if item["clusterArn"].endswith(f"/{name}")]
    running = {service["taskDefinition"] for service in services}
    for definition in environment.live["ecs:task-definition"]:
        if definition["taskDefinitionArn"] in running:
            for container in definition["containerDefinitions"]:
                mounts = [mount["containerPath"] for mount in container["mountPoints"]]
                if container["image"] == IMAGE and MOUNT in mounts:
                    return definition, container
    raise Weaker(f"no service of {name} runs {IMAGE} with {MOUNT}")


def task_definition(environment: Environment, _resource: Resource) -> None:
    """Size, network, volume and the container."""
    definition, container = worker(environment)
    for member, least in (("cpu", 1024), ("memory", 2048)):
        demand(int(definition[member]) >= least, f"{member} is {definition[member]}, wanted {least}")
    demand_equal(definition["networkMode"], "awsvpc", "networkMode")
    demand_equal(definition["requiresCompatibilities"], ["FARGATE"], "requiresCompatibilities")
    demand(definition.get("executionRoleArn") and definition.get("taskRoleArn"), "it lacks a role")
    demand_volume(environment, definition, container)
    demand_container(environment, container)


def demand_volume(environment: Environment, definition: Any, container: Any) -> None:
    """The environment's file system, over TLS and with IAM, at /mnt/efs and writable."""
    mount = next(m for m in container["mountPoints"] if m["containerPath"] == MOUNT)
    demand(not mount.get("readOnly"), "the mount is read-only")
    volume = next(v for v in definition["volumes"] if v["name"] == mount["sourceVolume"])
    efs = volume["efsVolumeConfiguration"]
    demand(efs["fileSystemId"] in {t["FileSystemId"] for t in mount_targets(environment)}, "another file system")
    demand_equal(efs.get("transitEncryption"), "ENABLED", "transitEncryption")
    demand_equal(efs.get("authorizationConfig", {}).get("iam"), "ENABLED", "authorizationConfig.iam")


def demand_container(environment: Environment, container: Any) -> None:
    """Environment, secrets and logs."""
    demand_equal(container["essential"], True, "essential")
    group, _member = replication_group(environment)
    endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
    variables = {v["name"]: v["value"] for v in container["environment"]}
    wanted = {
        "REGION": environment.account.region,
        "REDIS_ENDPOINT": endpoint["Address"],
        "REDIS_PORT": str(endpoint["Port"]),
    }
    for name, value in wanted.items():
        demand_equal(variables.get(name), value, f"environment variable {name}")
    secrets = {s["name"]: s["valueFrom"] for s in container.get("secrets", [])}
    arn = environment.secret("db-secret")["ARN"]
    for name, key in (("DB_HOST", "host"), ("DB_USERNAME", "username"), ("DB_PASSWORD", "password")):
        demand_equal(secrets.get(name), f"{arn}:{key}::", f"secret {name}")
    demand_equal(container["logConfiguration"]["logDriver"], "awslogs", "logDriver")


def log_group(environment: Environment, _resource: Resource) -> None:
    """The group the worker logs to."""
    _definition, container = worker(environment)
    name = container["logConfiguration"]["options"]["awslogs-group"]
    environment.one("logs:group", name, lambda group: group["logGroupName"] == name)


def role_for(environment: Environment, logical_id: str) -> Any:
    """The worker's role the list's logical id stands for."""
    definition, _container = worker(environment)
    arn = definition["executionRoleArn" if logical_id.startswith("ecstaskexecution") else "taskRoleArn"]
    return environment.one("iam:role", arn, lambda role: role["Arn"] == arn)


def statements(role: Any) -> list[Any]:
    """All statements of a role's inline policies, with actions and resources as lists."""
    found = [s for policy in role["InlinePolicies"].values() for s in as_list(policy["Statement"])]
    return [{**s, "Action": as_list(s["Action"]), "Resource": as_list(s["Resource"])} for s in found]


def as_list(value: Any) -> list[Any]:
    """IAM writes one thing where a list of one is meant."""
    return value if isinstance(value, list) else [value]


def role(environment: Environment, resource: Resource) -> None:
    """Only ECS tasks may take it. The managed policy may be replaced by a narrower one, never by a wider."""
    found = role_for(environment, resource["logical_id"])
    services = {
        service
        for statement in as_list(found["AssumeRolePolicyDocument"]["Statement"])
        for service in as_list(statement["Principal"].get("Service", statement["Principal"]))
    }
    demand_equal(services, {"ecs-tasks.amazonaws.com"}, "who may take the role")
    execution = "AmazonECSTaskExecutionRolePolicy"
    foreign = [arn for arn in found["AttachedPolicies"] if not arn.endswith(execution)]
    demand(not foreign, f"it has {foreign}")
    if resource["properties"].get("ManagedPolicyArns") and not found["AttachedPolicies"]:
        demand("logs:PutLogEvents" in allowed(found), "it has neither the managed policy nor its own right to log")


def allowed(role: Any) -> set[str]:
    """The actions a role's inline policies allow."""
    return {action for s in statements(role) if s["Effect"] == "Allow" for action in s["Action"]}


def policy(environment: Environment, resource: Resource) -> None:
    """What the list allows is allowed, on the same things, and nothing on everything."""
    found = role_for(environment, resource["logical_id"])
    for statement in statements(found):
        wide = "*" in statement["Resource"] and statement["Action"] != ["ecr:GetAuthorizationToken"]
        demand(not wide, f"it allows {statement['Action']} on everything")
        demand(not any(action in ("*", "secretsmanager:*") for action in statement["Action"]), "it allows all actions")
    if resource["logical_id"].startswith("ecstaskexecution"):
        secret = environment.secret("db-secret")["ARN"]
        demand_allowed(found, "secretsmanager:GetSecretValue", secret)
        logged = "logs:PutLogEvents" in allowed(found) or found["AttachedPolicies"]
        demand(logged, "logs:PutLogEvents is not allowed")
    else:
        demand_allowed(found, "rds-db:connect", instance(environment)["DbiResourceId"])


def demand_allowed(role: Any, action: str, part: str) -> None:
    """An action is allowed on a resource whose ARN holds `part`."""
    granted = any(
        action in s["Action"] and any(part in arn for arn in s["Resource"])
        for s in statements(role)
        if s["Effect"] == "Allow"
    )
    demand(granted, f"{action} is not allowed on {part}")
