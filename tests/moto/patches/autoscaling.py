"""Application Auto Scaling: targets with tags, and ObjectNotFoundException for what is not there."""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeApplicationAutoscalingPolicy
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.exceptions import JsonRESTError

from .patch import added, around


class ObjectNotFound(JsonRESTError):
    """https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html"""

    code = 400

    def __init__(self, message: str):
        super().__init__(error_type="ObjectNotFoundException", message=message)


class ResourceNotFound(JsonRESTError):
    """https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ListTagsForResource.html"""

    code = 400

    def __init__(self, arn: str):
        super().__init__(error_type="ResourceNotFoundException", message=f"No scalable target found: {arn}")


def patch() -> None:
    """Applies every patch of this module."""
    missing_objects_are_not_found()
    targets_take_their_policies_along()
    targets_have_tags()
    changed_policies_take_their_old_alarms_along()
    step_policies_have_no_alarms()


def missing_objects_are_not_found() -> None:
    """AWS answers ObjectNotFoundException to the removal of a scalable target or policy that is not there. moto answers
    ValidationException, which means a malformed request and must stay an error.
    """

    for name in ("deregister_scalable_target", "delete_scaling_policy"):

        @around(ApplicationAutoscalingBackend, name)
        def remove(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return original(self, *args, **kwargs)
            except AWSValidationException as error:
                raise ObjectNotFound(error.message) from error


def targets_take_their_policies_along() -> None:
    """AWS deletes the policies of a scalable target, and the alarms of these, when the target is deregistered. moto
    keeps them, which would count as left behind.
    """

    @around(ApplicationAutoscalingBackend, "deregister_scalable_target")
    def deregister(original: Any, self: Any, namespace: str, r_id: str, dimension: str) -> Any:
        answer = original(self, namespace, r_id, dimension)
        whose = (namespace, r_id, dimension)
        for key, policy in list(self.policies.items()):
            if (policy.service_namespace, policy.resource_id, policy.scalable_dimension) == whose:
                policy.delete_alarms(self.account_id, self.region_name)
                del self.policies[key]
        return answer


def targets_have_tags() -> None:
    """AWS keeps the Tags of RegisterScalableTarget and shows them in ListTagsForResource. moto drops them and answers
    HTTP 500 to the tagging operations, so nobody could tell whose a target is.
    """

    @around(ApplicationAutoScalingResponse, "register_scalable_target")
    def register(original: Any, self: Any) -> str:
        answer = json.loads(original(self))
        given = self._get_param("Tags") or {}
        if given:
            tags_of(self, answer["ScalableTargetARN"]).update(given)
        return json.dumps(answer)

    @added(ApplicationAutoScalingResponse)
    def list_tags_for_resource(self: Any) -> str:
        return json.dumps({"Tags": tags_of(self, self._get_param("ResourceARN"))})

    @added(ApplicationAutoScalingResponse)
    def tag_resource(self: Any) -> str:
        tags_of(self, self._get_param("ResourceARN")).update(self._get_param("Tags"))
        return "{}"

    @added(ApplicationAutoScalingResponse)
    def untag_resource(self: Any) -> str:
        tags = tags_of(self, self._get_param("ResourceARN"))
        for key in self._get_param("TagKeys"):
            tags.pop(key, None)
        return "{}"


def tags_of(response: Any, arn: str) -> dict[str, str]:
    """The tags of the scalable target with this ARN; ResourceNotFoundException if there is none."""
    for targets in response.applicationautoscaling_backend.targets.values():
        for target in targets.values():
            if target.arn == arn:
                target.tags = getattr(target, "tags", {})
                return target.tags
    raise ResourceNotFound(arn)


def changed_policies_take_their_old_alarms_along() -> None:
    """AWS keeps two alarms per target-tracking policy, also when the policy is put again. moto makes two more and
    forgets the old ones, which would count as left behind after a change.
    """

    @around(ApplicationAutoscalingBackend, "put_scaling_policy")
    def put(original: Any, self: Any, **kwargs: Any) -> Any:
        names = ("service_namespace", "resource_id", "scalable_dimension", "policy_name")
        old = self.policies.get(FakeApplicationAutoscalingPolicy.formulate_key(*(kwargs[name] for name in names)))
        if old is not None:
            old.delete_alarms(self.account_id, self.region_name)
        return original(self, **kwargs)


def step_policies_have_no_alarms() -> None:
    """AWS makes alarms only for a policy that tracks a target; a step policy is carried out by an alarm somebody else
    makes. moto makes the two alarms of target tracking for both.
    """

    @around(FakeApplicationAutoscalingPolicy, "create_alarms")
    def create(original: Any, self: Any) -> None:
        if self.policy_type == "TargetTrackingScaling":
            original(self)
