"""IAM roles; log groups."""

from __future__ import annotations

import json

from .world import SUFFIX, TAGS, World, holds, refused, tagged, tags

EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def make(world: World) -> None:
    """Makes a role with both sorts of policy, a role of a service's own, and a log group."""
    make_role(world)
    make_service_linked_role(world)
    make_log_group(world)


def make_role(world: World) -> None:
    """A role, an inline policy, an attached managed policy."""
    iam, name = world.client("iam"), f"ecs-task-execution-role-{SUFFIX}"
    principal = {"Service": "ecs-tasks.amazonaws.com"}
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }
    role = {"RoleName": name, "AssumeRolePolicyDocument": json.dumps(trust)}
    world.ids["role"] = iam.create_role(**role, Tags=tags())["Role"]["Arn"]
    refused(lambda: iam.create_role(**role), "EntityAlreadyExists")
    found = iam.get_role(RoleName=name)["Role"]
    assert found["AssumeRolePolicyDocument"] == trust
    tagged(found["Tags"])
    tagged(iam.list_role_tags(RoleName=name)["Tags"])
    iam.update_role(RoleName=name, Description="changed", MaxSessionDuration=3600)
    holds(iam.get_role(RoleName=name)["Role"], {"Description": "changed"})
    world.on_removal("iam.role", lambda: iam.delete_role(RoleName=name), "NoSuchEntity")
    allowed = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}],
    }
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=json.dumps(allowed))
    assert iam.get_role_policy(RoleName=name, PolicyName="inline")["PolicyDocument"] == allowed
    world.on_removal(
        "iam.inline_policy", lambda: iam.delete_role_policy(RoleName=name, PolicyName="inline"), "NoSuchEntity"
    )
    iam.attach_role_policy(RoleName=name, PolicyArn=EXECUTION_POLICY)
    holds(iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"], [{"PolicyArn": EXECUTION_POLICY}])
    refused(lambda: iam.delete_role(RoleName=name), "DeleteConflict")
    world.on_removal(
        "iam.attachment", lambda: iam.detach_role_policy(RoleName=name, PolicyArn=EXECUTION_POLICY), "NoSuchEntity"
    )


def make_service_linked_role(world: World) -> None:
    """The role RDS acts under: made once in an account, under RDS's own name."""
    iam, service, name = world.client("iam"), "rds.amazonaws.com", "AWSServiceRoleForRDS"
    refused(lambda: iam.get_role(RoleName=name), "NoSuchEntity")
    made = iam.create_service_linked_role(AWSServiceName=service)["Role"]
    holds(made, {"RoleName": name, "Path": f"/aws-service-role/{service}/"})
    refused(lambda: iam.create_service_linked_role(AWSServiceName=service), "InvalidInput")
    found = iam.get_role(RoleName=name)["Role"]
    assert found["Arn"].endswith(f":role/aws-service-role/{service}/{name}"), found["Arn"]
    world.on_removal("iam.service_linked_role", lambda: iam.delete_service_linked_role(RoleName=name), "NoSuchEntity")


def make_log_group(world: World) -> None:
    """A log group with retention and tags."""
    logs, name = world.client("logs"), f"/vidpipe/{SUFFIX}/video-processor"
    logs.create_log_group(logGroupName=name, tags=TAGS)
    refused(lambda: logs.create_log_group(logGroupName=name), "ResourceAlreadyExistsException")
    logs.put_retention_policy(logGroupName=name, retentionInDays=30)
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    holds(found, [{"logGroupName": name, "retentionInDays": 30}])
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    logs.associate_kms_key(logGroupName=name, kmsKeyId=key)
    holds(logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"], [{"kmsKeyId": key}])
    logs.disassociate_kms_key(logGroupName=name)
    assert "kmsKeyId" not in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    refused(lambda: logs.associate_kms_key(logGroupName=name + "-x", kmsKeyId=key), "ResourceNotFoundException")
    arn = found[0].get("logGroupArn") or found[0]["arn"].removesuffix(":*")
    tagged(logs.list_tags_for_resource(resourceArn=arn)["tags"])
    world.ids["log_group"] = name
    world.on_removal("logs.log_group", lambda: logs.delete_log_group(logGroupName=name), "ResourceNotFoundException")
