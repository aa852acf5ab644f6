"""CloudWatch alarms, over rpc-v2-cbor; the tagging API over everything made so far."""

from __future__ import annotations

from .world import SUFFIX, TAGS, World, holds, refused, tagged, tags


def make(world: World) -> None:
    """Makes an alarm, changes it, and asks the tagging API for all that is there."""
    cloudwatch, name = world.client("cloudwatch"), f"rds-cpu-{SUFFIX}"
    assert cloudwatch.meta.service_model.resolved_protocol == "smithy-rpc-v2-cbor"
    alarm = {
        "AlarmName": name,
        "AlarmDescription": "exercise",
        "Namespace": "AWS/RDS",
        "MetricName": "CPUUtilization",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": f"rds-postgresql-{SUFFIX}"}],
        "Statistic": "Average",
        "Period": 300,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 80.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:critical"],
        "OKActions": ["arn:aws:sns:us-east-1:123456789012:critical"],
    }
    cloudwatch.put_metric_alarm(**alarm, Tags=tags())
    found = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    holds(found, alarm | {"ActionsEnabled": True})
    assert found["AlarmConfigurationUpdatedTimestamp"].year > 2000 and isinstance(found["Threshold"], float)
    tagged(cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"])
    cloudwatch.put_metric_alarm(**alarm | {"Threshold": 75.5})
    holds(cloudwatch.describe_alarms(AlarmNamePrefix="rds-")["MetricAlarms"], [{"Threshold": 75.5}])
    cloudwatch.tag_resource(ResourceARN=found["AlarmArn"], Tags=[{"Key": "owner", "Value": "exercise"}])
    cloudwatch.untag_resource(ResourceARN=found["AlarmArn"], TagKeys=["owner"])
    tagged(cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"])
    # AWS documents ResourceNotFound for DeleteAlarms only when the whole call names nothing that exists.
    world.on_removal(
        "cloudwatch.alarm",
        lambda: remove(world, name),
    )
    sweep(world)


def remove(world: World, name: str) -> None:
    """Deletes the alarm and looks that it is gone; a second time is no error."""
    cloudwatch = world.client("cloudwatch")
    cloudwatch.delete_alarms(AlarmNames=[name])
    holds(cloudwatch.describe_alarms(AlarmNames=[name]), {"MetricAlarms": []})
    arn = f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"
    refused(lambda: cloudwatch.list_tags_for_resource(ResourceARN=arn), "ResourceNotFoundException", "ResourceNotFound")


def sweep(world: World) -> None:
    """GetResources answers, also with an untagged cluster about, and finds what carries our tags."""
    ecs = world.client("ecs")
    ecs.create_cluster(clusterName="untagged")
    by_lineage = [{"Key": "vidpipe:lineage", "Values": [TAGS["vidpipe:lineage"]]}]
    pages = world.client("resourcegroupstaggingapi").get_paginator("get_resources").paginate(TagFilters=by_lineage)
    found = {entry["ResourceARN"] for page in pages for entry in page["ResourceTagMappingList"]}
    for part in (":vpc/", ":db:rds-postgresql-", ":cluster/video-processing-", ":replicationgroup:", ":key/"):
        assert any(part in arn for arn in found), f"{part} is not among {sorted(found)}"
    ecs.delete_cluster(cluster="untagged")
