"""What the rules look things up in: the inventory of one environment, and the resources it is measured against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from listers.account import Account


class Weaker(Exception):
    """A resource is missing or less strict; the message says what and how."""


def demand(condition: object, complaint: str) -> None:
    """Raises `Weaker(complaint)` unless `condition` is true."""
    if not condition:
        raise Weaker(complaint)


def demand_equal(found: Any, wanted: Any, what: str) -> None:
    """Raises `Weaker` unless the two are equal."""
    demand(found == wanted, f"{what} is {found!r}, wanted {wanted!r}")


class Environment:
    """One environment's resources, and the CloudFormation resources by logical id."""

    def __init__(self, live: dict[str, list[Any]], resources: list[dict[str, Any]], suffix: str, account: Account):
        self.live = live
        self.wanted = {resource["logical_id"]: resource for resource in resources}
        self.suffix = suffix
        self.account = account

    def one(self, kind: str, what: str, matches: Callable[[Any], bool]) -> Any:
        """The one item of `kind` that matches; `Weaker` if there is none or more than one."""
        found = [item for item in self.live[kind] if matches(item)]
        demand(found, f"no {kind} {what}")
        demand(len(found) == 1, f"{len(found)} of {kind} {what}, wanted one")
        return found[0]

    def referred(self, value: Any) -> dict[str, Any]:
        """The CloudFormation resource a `Ref` or `Fn::GetAtt` points at."""
        target = value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0]
        return self.wanted[target]

    def named(self, name: str) -> str:
        """A name from the list, with this environment's suffix for the list's."""
        return name.replace("staging", self.suffix)

    def security_group(self, prefix: str) -> Any:
        """The security group `{prefix}-{suffix}`."""
        name = f"{prefix}-{self.suffix}"
        return self.one("ec2:security-group", f"named {name}", lambda group: group["GroupName"] == name)

    def vpc_id(self) -> str:
        """The VPC of the environment: the one its task group is in."""
        return self.security_group("ecs-sg")["VpcId"]

    def subnet(self, cidr: str) -> Any:
        """The environment's subnet with this range; the ranges tell tier and zone."""
        vpc = self.vpc_id()
        return self.one(
            "ec2:subnet", f"{cidr} in {vpc}", lambda item: item["VpcId"] == vpc and item["CidrBlock"] == cidr
        )

    def subnet_for(self, reference: Any) -> Any:
        """The environment's subnet for a reference to one of the list."""
        return self.subnet(self.referred(reference)["properties"]["CidrBlock"])

    def secret(self, prefix: str) -> Any:
        """The secret `{prefix}-{suffix}`."""
        name = f"{prefix}-{self.suffix}"
        return self.one("secretsmanager:secret", f"named {name}", lambda secret: secret["Name"] == name)
