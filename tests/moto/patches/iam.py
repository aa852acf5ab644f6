"""IAM: the roles of AWS's own services, under the names the services give them."""

from __future__ import annotations

from typing import Any

from moto.iam.exceptions import IAMException
from moto.iam.models import IAMBackend, Role

from .patch import around

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
NAMES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "elasticfilesystem.amazonaws.com": "AWSServiceRoleForAmazonElasticFileSystem",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
}


class InvalidInput(IAMException):
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html"""

    code = "InvalidInput"


def patch() -> None:
    """Applies every patch of this module."""
    services_name_their_roles()


def services_name_their_roles() -> None:
    """AWS names a service-linked role as its service says, and refuses a second one with InvalidInput. moto makes a
    name out of the service's, and refuses with EntityAlreadyExists. Whoever looks for the role by its name would not
    find it.
    """

    @around(IAMBackend, "create_service_linked_role")
    def create(original: Any, self: Any, service_name: str, *args: Any, **kwargs: Any) -> Role:
        name = NAMES.get(service_name)
        if name and any(role.name == name for role in self.roles.values()):
            raise InvalidInput(
                f"Service role name {name} has been taken in this account, please try a different suffix."
            )
        role: Role = original(self, service_name, *args, **kwargs)
        role.name = name or role.name
        return role
