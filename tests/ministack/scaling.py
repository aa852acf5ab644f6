"""Application Auto Scaling, of which ministack has nothing.
<https://docs.aws.amazon.com/autoscaling/application/APIReference/Welcome.html>
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from web import Answer, Request

ROLE = (
    "arn:aws:iam::123456789012:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_ECSService"
)


class Scaling:
    """The targets, each with its policies, of every region."""

    def __init__(self) -> None:
        self.targets: dict[tuple[str, ...], dict[str, Any]] = {}

    def key(self, region: str, asked: dict[str, Any]) -> tuple[str, ...]:
        """What names a target."""
        return region, asked["ServiceNamespace"], asked["ResourceId"], asked["ScalableDimension"]

    def register(self, region: str, asked: dict[str, Any]) -> Answer:
        """Make a target, or change its limits."""
        key = self.key(region, asked)
        if key in self.targets and asked.get("Tags"):
            return Answer.refusal(
                "ValidationException",
                "The scalable target that you tried to tag already exists. To update tags on an existing scalable "
                "target, use the TagResource API.",
            )
        arn = f"arn:aws:application-autoscaling:{region}:123456789012:scalable-target/{uuid.uuid4().hex[:20]}"
        fresh = {"tags": asked.get("Tags", {}), "policies": {}, "shown": {"ScalableTargetARN": arn, "RoleARN": ROLE}}
        target = self.targets.setdefault(key, fresh)["shown"]
        target.setdefault("CreationTime", time.time())
        target.update({name: value for name, value in asked.items() if name != "Tags"})
        return Answer.of({"ScalableTargetARN": target["ScalableTargetARN"]})

    def describe(self, region: str, asked: dict[str, Any]) -> Answer:
        """The targets."""
        wanted = asked.get("ResourceIds")
        shown = [
            target["shown"]
            for key, target in self.targets.items()
            if key[:2] == (region, asked["ServiceNamespace"]) and (not wanted or key[2] in wanted)
        ]
        return Answer.of({"ScalableTargets": shown})

    def deregister(self, region: str, asked: dict[str, Any]) -> Answer:
        """Remove a target with its policies."""
        if self.targets.pop(self.key(region, asked), None) is None:
            return missing("No scalable target found")
        return Answer.of({})

    def put(self, region: str, asked: dict[str, Any]) -> Answer:
        """Make a policy, or change it."""
        target = self.targets.get(self.key(region, asked))
        if target is None:
            return missing("No scalable target registered")
        name = asked["PolicyName"]
        arn = f"arn:aws:autoscaling:{region}:123456789012:scalingPolicy:{uuid.uuid4()}:policyName/{name}"
        policy = target["policies"].setdefault(name, {"PolicyARN": arn, "CreationTime": time.time()})
        policy.update(asked)
        alarms = []
        if "TargetTrackingScalingPolicyConfiguration" in asked:
            kinds = ("AlarmHigh", "AlarmLow")
            alarms = [
                {
                    "AlarmName": f"TargetTracking-{asked['ResourceId']}-{kind}-{name}",
                    "AlarmARN": f"arn:aws:cloudwatch:{region}:123456789012:alarm:TargetTracking-{kind}-{name}",
                }
                for kind in kinds
            ]
        policy["Alarms"] = alarms
        return Answer.of({"PolicyARN": policy["PolicyARN"], "Alarms": alarms})

    def policies(self, region: str, asked: dict[str, Any]) -> Answer:
        """The policies."""
        wanted, resource = asked.get("PolicyNames"), asked.get("ResourceId")
        shown = [
            policy
            for key, target in self.targets.items()
            if key[:2] == (region, asked["ServiceNamespace"]) and resource in (None, key[2])
            for name, policy in target["policies"].items()
            if not wanted or name in wanted
        ]
        return Answer.of({"ScalingPolicies": shown})

    def delete(self, region: str, asked: dict[str, Any]) -> Answer:
        """Remove a policy."""
        target = self.targets.get(self.key(region, asked), {"policies": {}})
        if target["policies"].pop(asked["PolicyName"], None) is None:
            return missing("No scaling policy found")
        return Answer.of({})

    def by_arn(self, arn: str) -> dict[str, Any] | None:
        """The target with that ARN."""
        targets = (target for target in self.targets.values() if target["shown"]["ScalableTargetARN"] == arn)
        return next(targets, None)

    def tags(self, _region: str, asked: dict[str, Any]) -> Answer:
        """A target's tags."""
        target = self.by_arn(asked["ResourceARN"])
        if target is None:
            return Answer.refusal("ResourceNotFoundException", "No such resource")
        return Answer.of({"Tags": target["tags"]})

    def tag(self, _region: str, asked: dict[str, Any]) -> Answer:
        """Give it more."""
        target = self.by_arn(asked["ResourceARN"])
        if target is None:
            return Answer.refusal("ResourceNotFoundException", "No such resource")
        target["tags"].update(asked["Tags"])
        return Answer.of({})


def missing(message: str) -> Answer:
    """What the service says of what is not there."""
    return Answer.refusal("ObjectNotFoundException", message)


OPERATIONS = {
    "RegisterScalableTarget": Scaling.register,
    "DescribeScalableTargets": Scaling.describe,
    "DeregisterScalableTarget": Scaling.deregister,
    "PutScalingPolicy": Scaling.put,
    "DescribeScalingPolicies": Scaling.policies,
    "DeleteScalingPolicy": Scaling.delete,
    "ListTagsForResource": Scaling.tags,
    "TagResource": Scaling.tag,
}


async def answer(router: Any, request: Request) -> Answer:
    """Whoever may not, hears it from ministack."""
    original = await router.ask(request)
    if original.status == 403:
        return original
    scaling = router.kept.setdefault("scaling", Scaling())
    return OPERATIONS[request.target.split(".")[1]](scaling, request.region, request.json())


RULES = ((lambda request: request.service == "application-autoscaling", answer),)
