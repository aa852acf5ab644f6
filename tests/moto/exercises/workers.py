"""ELBv2 load balancer; ECS cluster, task definitions, service; application auto-scaling."""

from __future__ import annotations

from . import runs
from .world import SUFFIX, TAGS, World, holds, refused, tagged, tags

CLUSTER = f"video-processing-{SUFFIX}"
SERVICE = f"video-processor-{SUFFIX}"


def make(world: World) -> None:
    """Makes the API's load balancer, then a service behind it that scales."""
    make_load_balancer(world)
    make_listener(world)
    make_cluster(world)
    make_task_definitions(world)
    make_service(world)
    change_service(world)
    make_scaling(world)
    runs.make(world, CLUSTER, SERVICE)


def make_load_balancer(world: World) -> None:
    """An internal network load balancer with a security group."""
    elb = world.client("elbv2")
    made = elb.create_load_balancer(
        Name=f"api-{SUFFIX}",
        Type="network",
        Scheme="internal",
        Subnets=world.ids["subnets"][1:],
        SecurityGroups=[world.ids["group"]],
        Tags=tags(),
    )["LoadBalancers"][0]
    arn = world.ids["nlb"] = made["LoadBalancerArn"]
    elb.describe_load_balancers(LoadBalancerArns=[arn])
    found = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
    holds(found, {"State": {"Code": "active"}, "Scheme": "internal", "Type": "network", "VpcId": world.ids["vpc"]})
    holds(found, {"SecurityGroups": [world.ids["group"]]})
    world.ids["nlb_dns"] = found["DNSName"]
    tagged(elb.describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    )
    # AWS documents no error for a second deletion.
    world.on_removal(
        "elbv2.load_balancer",
        lambda: elb.delete_load_balancer(LoadBalancerArn=arn),
        look=lambda: elb.describe_load_balancers(LoadBalancerArns=[arn]),
        gone=("LoadBalancerNotFound",),
    )


def make_listener(world: World) -> None:
    """A target group of addresses and the listener that sends to it."""
    elb = world.client("elbv2")
    made = elb.create_target_group(
        Name=f"api-{SUFFIX}",
        Protocol="TCP",
        Port=8080,
        VpcId=world.ids["vpc"],
        TargetType="ip",
        HealthCheckProtocol="TCP",
        Tags=tags(),
    )["TargetGroups"][0]
    target_group = world.ids["target_group"] = made["TargetGroupArn"]
    found = elb.describe_target_groups(TargetGroupArns=[target_group])["TargetGroups"]
    holds(found, [{"TargetType": "ip", "Port": 8080, "Protocol": "TCP"}])
    deregistration = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    elb.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=deregistration)
    tagged(elb.describe_tags(ResourceArns=[target_group])["TagDescriptions"][0]["Tags"])
    # AWS documents no error for a second deletion either; moto's not-found is plain enough an answer to leave as it is.
    world.on_removal(
        "elbv2.target_group",
        lambda: elb.delete_target_group(TargetGroupArn=target_group),
        "TargetGroupNotFound",
        look=lambda: elb.describe_target_groups(TargetGroupArns=[target_group]),
    )
    forward = [{"Type": "forward", "TargetGroupArn": target_group}]
    listener = elb.create_listener(
        LoadBalancerArn=world.ids["nlb"], Protocol="TCP", Port=80, DefaultActions=forward, Tags=tags()
    )["Listeners"][0]["ListenerArn"]
    found = elb.describe_listeners(LoadBalancerArn=world.ids["nlb"])["Listeners"]
    holds(found, [{"ListenerArn": listener, "Port": 80, "DefaultActions": forward}])
    tagged(elb.describe_tags(ResourceArns=[listener])["TagDescriptions"][0]["Tags"])
    refused(lambda: elb.delete_target_group(TargetGroupArn=target_group), "ResourceInUse")
    world.on_removal("elbv2.listener", lambda: elb.delete_listener(ListenerArn=listener), "ListenerNotFound")


def make_cluster(world: World) -> None:
    """A cluster with Container Insights; made again, it is the same one."""
    ecs = world.client("ecs")
    insights = [{"name": "containerInsights", "value": "enabled"}]
    arn = ecs.create_cluster(clusterName=CLUSTER, settings=insights, tags=tags("key", "value"))["cluster"]["clusterArn"]
    assert ecs.create_cluster(clusterName=CLUSTER)["cluster"]["clusterArn"] == arn
    found = ecs.describe_clusters(clusters=[CLUSTER], include=["TAGS", "SETTINGS"])["clusters"]
    holds(found, [{"clusterArn": arn, "status": "ACTIVE", "settings": insights, "activeServicesCount": 0}])
    tagged(found[0]["tags"])
    enhanced = [{"name": "containerInsights", "value": "enhanced"}]
    holds(ecs.update_cluster_settings(cluster=CLUSTER, settings=enhanced)["cluster"], {"settings": enhanced})
    world.on_removal("ecs.cluster", lambda: remove_cluster(world))


def remove_cluster(world: World) -> None:
    """Deletes the cluster: it is INACTIVE then, or MISSING."""
    ecs = world.client("ecs")
    ecs.delete_cluster(cluster=CLUSTER)
    found = ecs.describe_clusters(clusters=[CLUSTER])
    assert all(c["status"] == "INACTIVE" for c in found["clusters"]), found
    assert not any(arn.endswith(f"/{CLUSTER}") for arn in ecs.list_clusters()["clusterArns"])


def make_task_definitions(world: World) -> None:
    """Two revisions of a family, with a volume on the access point, secrets and logs."""
    ecs = world.client("ecs")
    container = {
        "name": "video-processor",
        "image": "amazon/amazon-ecs-sample",
        "essential": True,
        "environment": [{"name": "REDIS_PORT", "value": "6379"}],
        "secrets": [{"name": "DB_PASSWORD", "valueFrom": f"{world.ids['secret']}:password::"}],
        "mountPoints": [{"sourceVolume": "efs", "containerPath": "/mnt/efs", "readOnly": False}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": world.ids["log_group"]}},
    }
    volume = {
        "fileSystemId": world.ids["efs"],
        "transitEncryption": "ENABLED",
        "authorizationConfig": {"iam": "ENABLED"},
    }
    asked = {
        "family": SERVICE,
        "cpu": "1024",
        "memory": "2048",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": world.ids["role"],
        "taskRoleArn": world.ids["role"],
        "containerDefinitions": [container],
        "volumes": [{"name": "efs", "efsVolumeConfiguration": volume}],
    }
    arns = [
        ecs.register_task_definition(**asked, tags=tags("key", "value"))["taskDefinition"]["taskDefinitionArn"]
        for _ in range(2)
    ]
    found = ecs.describe_task_definition(taskDefinition=arns[0], include=["TAGS"])
    holds(found["taskDefinition"], asked | {"revision": 1, "status": "ACTIVE"})
    tagged(found["tags"])
    assert ecs.list_task_definitions(familyPrefix=SERVICE, status="ACTIVE")["taskDefinitionArns"] == arns
    assert ecs.list_task_definitions(familyPrefix="another")["taskDefinitionArns"] == []
    world.ids["definitions"] = arns
    world.on_removal("ecs.definitions", lambda: remove_task_definitions(world))


def remove_task_definitions(world: World) -> None:
    """Deregisters and deletes whatever revisions of the family are there; a second time there are none."""
    ecs = world.client("ecs")
    for arn in ecs.list_task_definitions(familyPrefix=SERVICE, status="ACTIVE")["taskDefinitionArns"]:
        failures = ecs.delete_task_definitions(taskDefinitions=[arn])["failures"]
        assert len(failures) == 1, "a definition still ACTIVE was deleted"
        ecs.deregister_task_definition(taskDefinition=arn)
    inactive = ecs.list_task_definitions(familyPrefix=SERVICE, status="INACTIVE")["taskDefinitionArns"]
    if inactive:
        assert ecs.delete_task_definitions(taskDefinitions=inactive)["failures"] == []
    for status in ("ACTIVE", "INACTIVE"):
        assert ecs.list_task_definitions(familyPrefix=SERVICE, status=status)["taskDefinitionArns"] == []
    refused(lambda: ecs.describe_task_definition(taskDefinition=world.ids["definitions"][0]), "ClientException")


def make_service(world: World) -> None:
    """The service reaches its desired count; the token makes the same one, another request of the name is refused."""
    ecs = world.client("ecs")
    network = {
        "subnets": world.ids["subnets"][1:],
        "securityGroups": [world.ids["group"]],
        "assignPublicIp": "DISABLED",
    }
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    targets = {"targetGroupArn": world.ids["target_group"], "containerName": "video-processor", "containerPort": 8080}
    request = {
        "cluster": CLUSTER,
        "serviceName": SERVICE,
        "taskDefinition": world.ids["definitions"][0],
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": network},
        "deploymentConfiguration": breaker,
        "loadBalancers": [targets],
        "healthCheckGracePeriodSeconds": 60,
        "propagateTags": "SERVICE",
        "enableECSManagedTags": True,
        "tags": tags("key", "value"),
    }
    arn = ecs.create_service(**request, clientToken="5" * 32)["service"]["serviceArn"]
    assert ecs.create_service(**request, clientToken="5" * 32)["service"]["serviceArn"] == arn
    refused(lambda: ecs.create_service(**request, clientToken="6" * 32), "InvalidParameterException")
    found = service(world)
    holds(found, {"status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "pendingCount": 0})
    holds(found, {"deploymentConfiguration": breaker, "healthCheckGracePeriodSeconds": 60, "loadBalancers": [targets]})
    holds(found["deployments"], [{"status": "PRIMARY", "rolloutState": "COMPLETED", "runningCount": 2}])
    holds(found["networkConfiguration"]["awsvpcConfiguration"], network)
    assert "steady state" in found["events"][0]["message"]
    tagged(found["tags"])
    assert ecs.describe_clusters(clusters=[CLUSTER])["clusters"][0]["activeServicesCount"] == 1
    refused(lambda: ecs.delete_cluster(cluster=CLUSTER), "ClusterContainsServicesException")
    world.on_removal(
        "ecs.service", lambda: remove_service(world), "ServiceNotFoundException", "ServiceNotActiveException"
    )


def service(world: World) -> dict:
    """The service as described."""
    found = world.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE], include=["TAGS"])
    return found["services"][0]


def change_service(world: World) -> None:
    """UpdateService rolls out another revision and another count."""
    ecs, second = world.client("ecs"), world.ids["definitions"][1]
    before = service(world)["deployments"][0]["id"]
    ecs.update_service(cluster=CLUSTER, service=SERVICE, desiredCount=3, taskDefinition=f"{SERVICE}:2")
    found = service(world)
    holds(found, {"desiredCount": 3, "runningCount": 3, "taskDefinition": second})
    holds(found["deployments"], [{"rolloutState": "COMPLETED", "desiredCount": 3, "taskDefinition": second}])
    assert found["deployments"][0]["id"] != before, "no new deployment"


def remove_service(world: World) -> None:
    """Deletes the service by force: it is INACTIVE then, and no longer listed."""
    ecs = world.client("ecs")
    ecs.delete_service(cluster=CLUSTER, service=SERVICE, force=True)
    holds(service(world), {"status": "INACTIVE", "runningCount": 0, "desiredCount": 0})
    assert ecs.list_services(cluster=CLUSTER)["serviceArns"] == []


def make_scaling(world: World) -> None:
    """A scalable target on the service and a policy that tracks CPU."""
    scaling = world.client("application-autoscaling")
    who = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{CLUSTER}/{SERVICE}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    arn = scaling.register_scalable_target(**who, MinCapacity=2, MaxCapacity=10, Tags=TAGS)["ScalableTargetARN"]
    world.on_removal(
        "application-autoscaling.target",
        lambda: scaling.deregister_scalable_target(**who),
        "ObjectNotFoundException",
    )
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[who["ResourceId"]])
    holds(found["ScalableTargets"], [{"MinCapacity": 2, "MaxCapacity": 10, "ScalableTargetARN": arn}])
    tagged(scaling.list_tags_for_resource(ResourceARN=arn)["Tags"])
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    tracking = {"TargetValue": 70.0, "PredefinedMetricSpecification": metric, "ScaleInCooldown": 300}
    policy = {"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"}
    scaling.put_scaling_policy(**who, **policy, TargetTrackingScalingPolicyConfiguration=tracking)
    tracking["TargetValue"] = 60.0
    scaling.put_scaling_policy(**who, **policy, TargetTrackingScalingPolicyConfiguration=tracking)
    found = scaling.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=["cpu"])["ScalingPolicies"]
    holds(found, [policy | {"TargetTrackingScalingPolicyConfiguration": tracking}])
    world.on_removal(
        "application-autoscaling.policy",
        lambda: scaling.delete_scaling_policy(**who, PolicyName="cpu"),
        "ObjectNotFoundException",
    )
