"""EC2: tokens that are honoured, what is deleted goes, and duplicate rules are refused."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidPermissionDuplicateError
from moto.ec2.models import EC2Backend
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.responses.route_tables import RouteTables
from moto.ec2.responses.vpcs import VPCs

from .patch import around


class NatGatewayNotFound(EC2ClientError):
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""

    def __init__(self, nat_gateway_id: str):
        super().__init__("NatGatewayNotFound", f"NAT gateway {nat_gateway_id} was not found")


class SecurityGroupRuleNotFound(EC2ClientError):
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""

    def __init__(self, rule_id: str):
        super().__init__(
            "InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{rule_id}' does not exist"
        )


def patch() -> None:
    """Applies every patch of this module."""
    nat_gateway_tokens_are_honoured()
    route_table_tokens_are_honoured()
    endpoint_tokens_are_honoured()
    deleted_endpoints_go()
    nat_gateway_interface_goes()
    unknown_nat_gateways_are_refused()
    nat_gateways_are_found_by_tag()
    duplicate_rules_are_refused()
    unknown_rule_ids_are_refused()


def nat_gateway_tokens_are_honoured() -> None:
    """AWS answers a CreateNatGateway with a ClientToken it has seen with the same gateway. moto ignores the token and
    refuses the address as already associated, so a repeated request after a lost answer would fail.
    """

    @around(NatGateways, "create_nat_gateway")
    def create(original: Any, self: Any) -> ActionResult:
        backend = self.ec2_backend
        token = self._get_param("ClientToken")
        known = [g for g in backend.nat_gateways.values() if token and getattr(g, "client_token", None) == token]
        if known:
            return ActionResult({"NatGateway": known[0], "ClientToken": token})
        answer = original(self)
        answer.result["NatGateway"].client_token = token
        return ActionResult({**answer.result, "ClientToken": token})


def route_table_tokens_are_honoured() -> None:
    """AWS answers a CreateRouteTable with a ClientToken it has seen with the same table. moto ignores the token and
    makes a second table, so a repeated request after a lost answer would leak one.
    """

    @around(RouteTables, "create_route_table")
    def create(original: Any, self: Any) -> ActionResult:
        token = self._get_param("ClientToken")
        for table in self.ec2_backend.route_tables.values():
            if token and getattr(table, "client_token", None) == token:
                return ActionResult({"RouteTable": table, "ClientToken": token})
        answer = original(self)
        answer.result["RouteTable"].client_token = token
        return ActionResult({**answer.result, "ClientToken": token})


def endpoint_tokens_are_honoured() -> None:
    """AWS answers a CreateVpcEndpoint with a ClientToken it has seen with the same endpoint. moto keeps the token and
    makes a second endpoint, so a repeated request after a lost answer would leak one.
    """

    @around(VPCs, "create_vpc_endpoint")
    def create(original: Any, self: Any) -> ActionResult:
        token = self._get_param("ClientToken")
        for endpoint in self.ec2_backend.vpc_end_points.values():
            if token and endpoint.client_token == token:
                return ActionResult({"VpcEndpoint": endpoint, "ClientToken": token})
        return ActionResult({**original(self).result, "ClientToken": token})


def deleted_endpoints_go() -> None:
    """AWS forgets an endpoint that is deleted, and lists one it does not know as unsuccessful. moto shows a deleted one
    for ever, and answers every deletion with success.
    """

    @around(VPCs, "delete_vpc_endpoints")
    def delete(original: Any, self: Any) -> ActionResult:
        ids, there = self._get_param("VpcEndpointIds", []), self.ec2_backend.vpc_end_points
        unknown = [endpoint for endpoint in ids if endpoint not in there]
        original(self)
        for endpoint in ids:
            there.pop(endpoint, None)
        error = "InvalidVpcEndpoint.NotFound"
        message = "The Vpc Endpoint Id '{}' does not exist"
        failed = [{"ResourceId": i, "Error": {"Code": error, "Message": message.format(i)}} for i in unknown]
        return ActionResult({"Unsuccessful": failed})


def nat_gateway_interface_goes() -> None:
    """AWS takes a NAT gateway's network interface away with it and leaves its address unassociated. moto keeps both, so
    nothing could ever see the interface gone.
    """

    @around(EC2Backend, "delete_nat_gateway")
    def delete(original: Any, self: Any, nat_gateway_id: str) -> Any:
        if nat_gateway_id not in self.nat_gateways:
            raise NatGatewayNotFound(nat_gateway_id)
        gateway = original(self, nat_gateway_id)
        for address in self.addresses:
            if address.eni is gateway._eni:
                address.eni = None
                address.association_id = None
        self.enis.pop(gateway._eni.id, None)
        return gateway


def unknown_nat_gateways_are_refused() -> None:
    """AWS answers NatGatewayNotFound to DescribeNatGateways for an id it does not know. moto answers an empty list."""

    @around(EC2Backend, "describe_nat_gateways")
    def describe(original: Any, self: Any, filters: Any, nat_gateway_ids: list[str] | None) -> Any:
        for nat_gateway_id in nat_gateway_ids or []:
            if nat_gateway_id not in self.nat_gateways:
                raise NatGatewayNotFound(nat_gateway_id)
        return original(self, filters, nat_gateway_ids)


def nat_gateways_are_found_by_tag() -> None:
    """AWS's DescribeNatGateways honours `tag:KEY` and `tag-key` filters. moto ignores them and answers every gateway
    there is, so looking for one's own would find a stranger's.
    """

    @around(EC2Backend, "describe_nat_gateways")
    def describe(original: Any, self: Any, filters: Any, nat_gateway_ids: list[str] | None) -> Any:
        by_tag = {name: values for name, values in (filters or {}).items() if name.startswith("tag")}
        return [g for g in original(self, filters, nat_gateway_ids) if has_tags(g, by_tag)]


def has_tags(resource: Any, filters: dict[str, list[str]]) -> bool:
    """Whether a resource's tags pass all of these filters."""
    tags = {tag["key"]: tag["value"] for tag in resource.get_tags()}
    keyed = {name.removeprefix("tag:"): values for name, values in filters.items() if name.startswith("tag:")}
    return all(tags.get(key) in values for key, values in keyed.items()) and all(
        key in tags for key in filters.get("tag-key", [])
    )


def duplicate_rules_are_refused() -> None:
    """AWS refuses a rule that is already there with InvalidPermission.Duplicate, whatever its tags or description. moto
    counts a rule with other tags as another rule, so a repeated request would make a second one.
    """

    @around(EC2Backend, "authorize_security_group_ingress")
    def ingress(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        rules, group = original(self, *args, **kwargs)
        refuse_duplicates(rules, group.ingress_rules)
        return rules, group

    @around(EC2Backend, "authorize_security_group_egress")
    def egress(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        rules, group = original(self, *args, **kwargs)
        refuse_duplicates(rules, group.egress_rules)
        return rules, group


def refuse_duplicates(added: list[Any], present: list[Any]) -> None:
    """Takes `added` out of `present` again and refuses, when one of them was there before."""
    new = {id(rule) for rule in added}
    before = {rule_key(rule) for rule in present if id(rule) not in new}
    if any(rule_key(rule) in before for rule in added):
        present[:] = [rule for rule in present if id(rule) not in new]
        raise InvalidPermissionDuplicateError()


def rule_key(rule: Any) -> str:
    """What makes a rule the same rule: protocol, ports, and the range, group or list it lets through."""
    groups = [g.get("GroupId") for g in [rule.source_group or {}]]
    ranges = [(r.get("CidrIp"), r.get("CidrIpv6")) for r in [rule.ip_range or {}]]
    return repr((rule.ip_protocol, str(rule.from_port), str(rule.to_port), groups, ranges))


def unknown_rule_ids_are_refused() -> None:
    """AWS answers InvalidSecurityGroupRuleId.NotFound when a rule is revoked by an id that is gone. moto answers with
    the code for a rule described by its ports.
    """
    for direction in ("ingress", "egress"):
        refuse_unknown_rule_ids(direction)


def refuse_unknown_rule_ids(direction: str) -> None:
    """The patch above for one direction of rules."""

    @around(EC2Backend, f"revoke_security_group_{direction}")
    def revoke(original: Any, self: Any, group_name_or_id: str, **kwargs: Any) -> Any:
        group = self.get_security_group_by_name_or_id(group_name_or_id, kwargs.get("vpc_id"))
        known = {rule.id for rule in getattr(group, f"{direction}_rules", [])}
        for rule_id in kwargs.get("security_rule_ids") or []:
            if group is not None and rule_id not in known:
                raise SecurityGroupRuleNotFound(rule_id)
        return original(self, group_name_or_id=group_name_or_id, **kwargs)
