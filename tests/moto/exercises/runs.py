"""ECS: capacity providers and Spot, a task that runs once, and scaling on any metric."""

from __future__ import annotations

from .world import World, holds, refused, tagged, tags


def make(world: World, cluster: str, service: str) -> None:
    """Puts capacity providers on the cluster and the service on them, runs a task, and scales in other ways."""
    give_capacity(world, cluster, service)
    run_once(world, cluster, service)
    scale(world, f"service/{cluster}/{service}")


def give_capacity(world: World, cluster: str, service: str) -> None:
    """Fargate's providers on the cluster; the service moves to Spot, with one task on demand."""
    ecs, providers = world.client("ecs"), ["FARGATE", "FARGATE_SPOT"]
    for _ in range(2):
        ecs.put_cluster_capacity_providers(
            cluster=cluster, capacityProviders=providers, defaultCapacityProviderStrategy=[]
        )
    holds(ecs.describe_clusters(clusters=[cluster])["clusters"], [{"capacityProviders": providers}])
    strategy = [
        {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
    ]
    ecs.update_service(cluster=cluster, service=service, capacityProviderStrategy=strategy, forceNewDeployment=True)
    found = ecs.describe_services(cluster=cluster, services=[service])["services"]
    holds(found, [{"capacityProviderStrategy": strategy}])


def run_once(world: World, cluster: str, family: str) -> None:
    """A task ends with exit code 0, is made once for its token, and leaves no network interface."""
    ecs, ec2 = world.client("ecs"), world.client("ec2")
    vpc = {"subnets": world.ids["subnets"][1:], "securityGroups": [world.ids["group"]], "assignPublicIp": "DISABLED"}
    request = {
        "cluster": cluster,
        "taskDefinition": world.ids["definitions"][1],
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": vpc},
        "startedBy": "7" * 32,
        "clientToken": "7" * 32,
        "tags": tags("key", "value"),
    }
    before = len(ec2.describe_network_interfaces()["NetworkInterfaces"])
    answer = ecs.run_task(**request)
    assert answer["failures"] == []
    arn = answer["tasks"][0]["taskArn"]
    assert ecs.run_task(**request)["tasks"][0]["taskArn"] == arn
    refused(lambda: ecs.run_task(**request | {"taskDefinition": world.ids["definitions"][0]}), "ConflictException")
    states = []
    while not states or (states[-1] != "STOPPED" and len(states) < 10):
        found = ecs.describe_tasks(cluster=cluster, tasks=[arn], include=["TAGS"])["tasks"]
        states.append(found[0]["lastStatus"])
    holds(found, [{"taskArn": arn, "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "group": f"family:{family}"}])
    holds(found, [{"stopCode": "EssentialContainerExited", "startedBy": "7" * 32}])
    holds(found[0]["containers"], [{"name": "video-processor", "exitCode": 0}])
    tagged(found[0]["tags"])
    assert len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == before
    stopped = {"cluster": cluster, "desiredStatus": "STOPPED"}
    assert ecs.list_tasks(**stopped, family=family)["taskArns"] == [arn]
    assert ecs.list_tasks(**stopped, serviceName=family)["taskArns"] == []
    ecs.stop_task(cluster=cluster, task=arn)
    refused(lambda: ecs.stop_task(cluster=cluster, task="0" * 32), "InvalidParameterException")


def scale(world: World, resource: str) -> None:
    """A policy that tracks a stream's records, and one that steps by whatever alarm carries it out."""
    scaling, cloudwatch = world.client("application-autoscaling"), world.client("cloudwatch")
    who = {"ServiceNamespace": "ecs", "ResourceId": resource, "ScalableDimension": "ecs:service:DesiredCount"}
    metric = {
        "Namespace": "AWS/Kinesis",
        "MetricName": "IncomingRecords",
        "Dimensions": [{"Name": "StreamName", "Value": "videos"}],
        "Statistic": "Sum",
    }
    policies = {
        "records": (
            "TargetTrackingScaling",
            {
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": 1000.0,
                    "CustomizedMetricSpecification": metric,
                }
            },
        ),
        "age": (
            "StepScaling",
            {
                "StepScalingPolicyConfiguration": {
                    "AdjustmentType": "ChangeInCapacity",
                    "Cooldown": 60,
                    "MetricAggregationType": "Maximum",
                    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}],
                }
            },
        ),
    }

    def alarms() -> int:
        return len(cloudwatch.describe_alarms(AlarmNamePrefix=f"TargetTracking-{resource}-")["MetricAlarms"])

    for name, (kind, configuration) in policies.items():
        before = alarms()
        scaling.put_scaling_policy(**who, PolicyName=name, PolicyType=kind, **configuration)
        found = scaling.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=[name])["ScalingPolicies"]
        # moto shows the others too.
        found = [policy for policy in found if policy["PolicyName"] == name]
        holds(found, [{"PolicyName": name, "PolicyType": kind} | configuration])
        assert alarms() - before == (2 if kind == "TargetTrackingScaling" else 0), f"alarms of {kind}"
        world.on_removal(
            "application-autoscaling.policy",
            lambda name=name: scaling.delete_scaling_policy(**who, PolicyName=name),
            "ObjectNotFoundException",
        )
