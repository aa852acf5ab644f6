"""ECS, application auto-scaling, logs, alarms."""

from __future__ import annotations

from typing import Any

from .account import Account, batches


def everything(account: Account) -> dict[str, list[Any]]:
    """Clusters, services, task definitions, scaling, log groups and alarms."""
    return containers(account) | scaling(account) | watching(account)


def containers(account: Account) -> dict[str, list[Any]]:
    """Clusters, their services, and every task definition that is not yet deleted."""
    ecs = account.client("ecs")
    arns = account.every("ecs", "list_clusters", "clusterArns")
    clusters, services, definitions = [], [], []
    for batch in batches(arns, 100):
        clusters += ecs.describe_clusters(clusters=batch, include=["TAGS", "SETTINGS"])["clusters"]
    for cluster in arns:
        names = account.every("ecs", "list_services", "serviceArns", cluster=cluster)
        for batch in batches(names, 10):
            services += ecs.describe_services(cluster=cluster, services=batch, include=["TAGS"])["services"]
    for cluster in clusters:
        for count in ("runningTasksCount", "pendingTasksCount"):
            cluster.pop(count, None)
    for status in ("ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"):
        for arn in account.every("ecs", "list_task_definitions", "taskDefinitionArns", status=status):
            answer = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
            definitions.append({**answer["taskDefinition"], "tags": answer.get("tags", [])})
    return {
        "ecs:cluster": clusters,
        "ecs:service": services,
        "ecs:task-definition": definitions,
        "ecs:task": tasks(account, arns),
    }


def tasks(account: Account, clusters: list[str]) -> list[Any]:
    """The tasks that run without a service, in whatever state ECS shows them."""
    ecs, found = account.client("ecs"), []
    for cluster in clusters:
        for status in ("RUNNING", "STOPPED"):
            arns = account.every("ecs", "list_tasks", "taskArns", cluster=cluster, desiredStatus=status)
            for batch in batches(arns, 100):
                shown = ecs.describe_tasks(cluster=cluster, tasks=batch, include=["TAGS"])["tasks"]
                found += [task for task in shown if not task["group"].startswith("service:")]
    return found


def scaling(account: Account) -> dict[str, list[Any]]:
    """What scales ECS services."""
    service = "application-autoscaling"
    targets = account.every(service, "describe_scalable_targets", "ScalableTargets", ServiceNamespace="ecs")
    for target in targets:
        answer = account.client(service).list_tags_for_resource(ResourceARN=target["ScalableTargetARN"])
        target["Tags"] = answer["Tags"]
    policies = account.every(service, "describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs")
    return {"autoscaling:target": targets, "autoscaling:policy": policies}


def watching(account: Account) -> dict[str, list[Any]]:
    """Log groups and alarms with their tags."""
    groups = account.every("logs", "describe_log_groups", "logGroups")
    for group in groups:
        arn = group["arn"].removesuffix(":*")
        group["tags"] = account.client("logs").list_tags_for_resource(resourceArn=arn)["tags"]
    alarms = account.every("cloudwatch", "describe_alarms", "MetricAlarms")
    for alarm in alarms:
        answer = account.client("cloudwatch").list_tags_for_resource(ResourceARN=alarm["AlarmArn"])
        alarm["Tags"] = answer["Tags"]
    return {"logs:group": groups, "cloudwatch:alarm": alarms}
