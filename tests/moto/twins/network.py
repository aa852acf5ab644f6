"""Rules for the network."""

from __future__ import annotations

from typing import Any

from .environment import Environment, demand, demand_equal

Resource = dict[str, Any]
GROUPS = {"ecssg": "ecs-sg", "rdssg": "rds-sg", "elasticachesg": "elasticache-sg", "efssg": "efs-sg"}
EVERYWHERE = "0.0.0.0/0"


def vpc(environment: Environment, resource: Resource) -> None:
    """Range, tenancy and DNS attributes."""
    identifier, wanted = environment.vpc_id(), resource["properties"]
    found = environment.one("ec2:vpc", identifier, lambda item: item["VpcId"] == identifier)
    for member in ("CidrBlock", "InstanceTenancy", "EnableDnsHostnames", "EnableDnsSupport"):
        demand_equal(found[member], wanted[member], member)


def subnet(environment: Environment, resource: Resource) -> None:
    """Range, public addresses, and the same zone as the others the list puts there, apart from the other zone's."""
    wanted = resource["properties"]
    found = environment.subnet(wanted["CidrBlock"])
    demand_equal(found["MapPublicIpOnLaunch"], wanted["MapPublicIpOnLaunch"], "MapPublicIpOnLaunch")
    for other in environment.wanted.values():
        if other["type"] == resource["type"]:
            together = other["properties"]["AvailabilityZone"] == wanted["AvailabilityZone"]
            zone = environment.subnet(other["properties"]["CidrBlock"])["AvailabilityZone"]
            same = zone == found["AvailabilityZone"]
            demand(same == together, f"its zone and that of {other['properties']['CidrBlock']}: {zone}")


def table_of(environment: Environment, subnet_id: str) -> Any:
    """The route table explicitly associated with a subnet."""
    return environment.one(
        "ec2:route-table",
        f"associated with {subnet_id}",
        lambda table: any(a.get("SubnetId") == subnet_id for a in table["Associations"]),
    )


def table_for(environment: Environment, logical_id: str) -> Any:
    """The environment's table for one of the list: that of the subnet the list associates it with."""
    for other in environment.wanted.values():
        if other["type"] == "AWS::EC2::SubnetRouteTableAssociation":
            if other["properties"]["RouteTableId"]["Ref"] == logical_id:
                subnet_id = environment.subnet_for(other["properties"]["SubnetId"])["SubnetId"]
                return table_of(environment, subnet_id)
    raise KeyError(logical_id)


def route_table(environment: Environment, resource: Resource) -> None:
    """There is one; one that the list gives no default route has none."""
    table = table_for(environment, resource["logical_id"])
    has_route = any(
        other["type"] == "AWS::EC2::Route" and other["properties"]["RouteTableId"]["Ref"] == resource["logical_id"]
        for other in environment.wanted.values()
    )
    if not has_route:
        outside = [r for r in table["Routes"] if r.get("GatewayId") != "local"]
        demand(not outside, f"an isolated subnet has routes {outside}")


def association(environment: Environment, resource: Resource) -> None:
    """The subnet has a table of its own choosing."""
    table_of(environment, environment.subnet_for(resource["properties"]["SubnetId"])["SubnetId"])


def route(environment: Environment, resource: Resource) -> None:
    """The default route goes to the internet gateway, or to the NAT gateway of the same zone."""
    wanted = resource["properties"]
    table = table_for(environment, wanted["RouteTableId"]["Ref"])
    routes = [r for r in table["Routes"] if r.get("DestinationCidrBlock") == wanted["DestinationCidrBlock"]]
    demand(len(routes) == 1, f"{len(routes)} routes to {wanted['DestinationCidrBlock']}")
    if "GatewayId" in wanted:
        demand_equal(routes[0].get("GatewayId"), attached_gateway(environment)["InternetGatewayId"], "GatewayId")
    else:
        nat = nat_for(environment, environment.referred(wanted["NatGatewayId"]))
        demand_equal(routes[0].get("NatGatewayId"), nat["NatGatewayId"], "NatGatewayId")


def attached_gateway(environment: Environment) -> Any:
    """The internet gateway attached to the environment's VPC."""
    identifier = environment.vpc_id()
    return environment.one(
        "ec2:internet-gateway",
        f"attached to {identifier}",
        lambda gateway: any(a["VpcId"] == identifier for a in gateway["Attachments"]),
    )


def internet_gateway(environment: Environment, _resource: Resource) -> None:
    """There is one, attached."""
    attached_gateway(environment)


def nat_for(environment: Environment, resource: Resource) -> Any:
    """The available NAT gateway in the subnet the list puts one in."""
    subnet_id = environment.subnet_for(resource["properties"]["SubnetId"])["SubnetId"]
    return environment.one("ec2:nat-gateway", f"in {subnet_id}", lambda nat: nat["SubnetId"] == subnet_id)


def nat_gateway(environment: Environment, resource: Resource) -> None:
    """It is available and has an address."""
    found = nat_for(environment, resource)
    demand_equal(found["State"], "available", "State")
    demand(found["NatGatewayAddresses"][0].get("AllocationId"), "it has no elastic address")


def address(environment: Environment, resource: Resource) -> None:
    """The address of the NAT gateway the list gives it to."""
    users = [
        other
        for other in environment.wanted.values()
        if other["type"] == "AWS::EC2::NatGateway"
        and other["properties"]["AllocationId"]["Fn::GetAtt"][0] == resource["logical_id"]
    ]
    allocation = nat_for(environment, users[0])["NatGatewayAddresses"][0].get("AllocationId")
    found = environment.one("ec2:address", str(allocation), lambda item: item["AllocationId"] == allocation)
    demand_equal(found["Domain"], "vpc", "Domain")


def group_for(environment: Environment, resource: Resource) -> Any:
    """The environment's group for one of the list, known by its name."""
    prefix = next(v for k, v in GROUPS.items() if resource["logical_id"].startswith(k))
    return environment.security_group(prefix)


def security_group(environment: Environment, resource: Resource) -> None:
    """In the VPC; no egress where the list has only its rule to nowhere; nothing let in by address range."""
    found = group_for(environment, resource)
    demand_equal(found["VpcId"], environment.vpc_id(), "VpcId")
    nowhere = all(rule["CidrIp"] != EVERYWHERE for rule in resource["properties"]["SecurityGroupEgress"])
    for rule in found["IpPermissionsEgress"] if nowhere else []:
        ranges = [r["CidrIp"] for r in rule["IpRanges"]]
        closed = ranges == ["255.255.255.255/32"] and not rule["UserIdGroupPairs"] and not rule.get("Ipv6Ranges")
        demand(closed, f"it lets out {rule}")
    for rule in found["IpPermissions"]:
        demand(not rule["IpRanges"] and not rule.get("Ipv6Ranges"), f"it lets in a range: {rule}")


def ingress(environment: Environment, resource: Resource) -> None:
    """The tasks' group is let in on exactly the port."""
    wanted = resource["properties"]
    found = group_for(environment, environment.referred(wanted["GroupId"]))
    source = group_for(environment, environment.referred(wanted["SourceSecurityGroupId"]))["GroupId"]
    ports = [
        (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))
        for rule in found["IpPermissions"]
        if any(pair["GroupId"] == source for pair in rule["UserIdGroupPairs"])
    ]
    demand_equal(ports, [(wanted["IpProtocol"], wanted["FromPort"], wanted["ToPort"])], "what ecs-sg may reach")
