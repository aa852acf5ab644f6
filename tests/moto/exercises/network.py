"""EC2: VPC, subnets, gateways, addresses, routes and security groups."""

from __future__ import annotations

from typing import Any

from .world import TAGS, World, holds, refused, specification, tagged


def make(world: World) -> None:
    """Makes the network; later services are in its subnets and groups."""
    make_vpc(world)
    make_subnets(world)
    make_internet_gateway(world)
    make_nat_gateway(world)
    make_routes(world)
    make_endpoint(world)
    make_groups(world)
    find_by_tag(world)


def find_by_tag(world: World) -> None:
    """Every kind is found by its own tags and by no other's: it is how a resource is found again whose id was never
    received.
    """
    ec2 = world.client("ec2")
    kinds = {
        "describe_vpcs": ("Vpcs", 1),
        "describe_subnets": ("Subnets", 3),
        "describe_internet_gateways": ("InternetGateways", 1),
        "describe_addresses": ("Addresses", 1),
        "describe_nat_gateways": ("NatGateways", 1),
        "describe_route_tables": ("RouteTables", 1),
        "describe_vpc_endpoints": ("VpcEndpoints", 1),
        "describe_security_groups": ("SecurityGroups", 2),
        "describe_security_group_rules": ("SecurityGroupRules", 1),
    }

    def count(operation: str, member: str, lineage: str) -> int:
        named: dict[str, Any] = {"Filters": [{"Name": "tag:vidpipe:lineage", "Values": [lineage]}]}
        return len(getattr(ec2, operation)(**named)[member])

    for operation, (member, number) in kinds.items():
        found = count(operation, member, TAGS["vidpipe:lineage"]), count(operation, member, "another")
        assert found == (number, 0), f"{operation} found {found} by our tag and by another, wanted {(number, 0)}"


def make_vpc(world: World) -> None:
    """The VPC and its DNS attributes."""
    ec2 = world.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=specification("vpc"))
    vpc = world.ids["vpc"] = made["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
        name = attribute[0].lower() + attribute[1:]
        holds(ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name), {attribute: {"Value": True}})
    found = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]
    holds(found, {"State": "available", "CidrBlock": "10.0.0.0/16", "InstanceTenancy": "default"})
    tagged(found["Tags"])
    world.on_removal(
        "ec2.vpc",
        lambda: ec2.delete_vpc(VpcId=vpc),
        "InvalidVpcID.NotFound",
        look=lambda: ec2.describe_vpcs(VpcIds=[vpc]),
    )


def make_subnets(world: World) -> None:
    """A public and two isolated subnets in two zones."""
    ec2 = world.client("ec2")
    usable = {"state": "available", "zone-type": "availability-zone"}
    filters = [{"Name": name, "Values": [value]} for name, value in usable.items()]
    zones = [z["ZoneName"] for z in ec2.describe_availability_zones(Filters=filters)["AvailabilityZones"]]
    assert len(zones) >= 2, zones
    world.ids["subnets"] = []
    for third, zone in ((0, zones[0]), (4, zones[0]), (5, zones[1])):
        subnet = ec2.create_subnet(
            VpcId=world.ids["vpc"],
            CidrBlock=f"10.0.{third}.0/24",
            AvailabilityZone=zone,
            TagSpecifications=specification("subnet"),
        )["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": third == 0})
        found = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]
        holds(found, {"State": "available", "AvailabilityZone": zone, "MapPublicIpOnLaunch": third == 0})
        tagged(found["Tags"])
        world.ids["subnets"].append(subnet)
        world.on_removal(
            "ec2.subnet",
            lambda subnet=subnet: ec2.delete_subnet(SubnetId=subnet),
            "InvalidSubnetID.NotFound",
            look=lambda subnet=subnet: ec2.describe_subnets(SubnetIds=[subnet]),
        )


def make_internet_gateway(world: World) -> None:
    """The internet gateway and its attachment."""
    ec2, vpc = world.client("ec2"), world.ids["vpc"]
    made = ec2.create_internet_gateway(TagSpecifications=specification("internet-gateway"))
    gateway = world.ids["igw"] = made["InternetGateway"]["InternetGatewayId"]
    world.on_removal(
        "ec2.internet_gateway",
        lambda: ec2.delete_internet_gateway(InternetGatewayId=gateway),
        "InvalidInternetGatewayID.NotFound",
    )
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    refused(lambda: ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc), "Resource.AlreadyAssociated")
    found = ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]
    holds(found["Attachments"], [{"State": "available", "VpcId": vpc}])
    tagged(found["Tags"])
    world.on_removal(
        "ec2.attachment",
        lambda: ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc),
        "Gateway.NotAttached",
    )


def make_nat_gateway(world: World) -> None:
    """An address and a NAT gateway on it; the same token makes the same gateway."""
    ec2 = world.client("ec2")
    allocation = ec2.allocate_address(Domain="vpc", TagSpecifications=specification("elastic-ip"))["AllocationId"]
    tagged(ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0]["Tags"])
    world.on_removal(
        "ec2.address",
        lambda: ec2.release_address(AllocationId=allocation),
        "InvalidAllocationID.NotFound",
        look=lambda: ec2.describe_addresses(AllocationIds=[allocation]),
    )
    request = {
        "SubnetId": world.ids["subnets"][0],
        "AllocationId": allocation,
        "ClientToken": "0" * 32,
        "TagSpecifications": specification("natgateway"),
    }
    nat = world.ids["nat"] = ec2.create_nat_gateway(**request)["NatGateway"]["NatGatewayId"]
    assert ec2.create_nat_gateway(**request)["NatGateway"]["NatGatewayId"] == nat, "the token made a second gateway"
    found = ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]
    holds(found, {"State": "available", "VpcId": world.ids["vpc"], "SubnetId": world.ids["subnets"][0]})
    holds(found["NatGatewayAddresses"], [{"AllocationId": allocation}])
    tagged(found["Tags"])
    interface = found["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])
    refused(lambda: ec2.describe_nat_gateways(NatGatewayIds=["nat-0"]), "NatGatewayNotFound")
    world.on_removal(
        "ec2.nat_gateway",
        lambda: ec2.delete_nat_gateway(NatGatewayId=nat),
        look=lambda: ec2.describe_network_interfaces(NetworkInterfaceIds=[interface]),
        gone=("InvalidNetworkInterfaceID.NotFound",),
    )


def make_routes(world: World) -> None:
    """A route table with a route to each gateway in turn, and its association."""
    ec2 = world.client("ec2")
    request = {
        "VpcId": world.ids["vpc"],
        "ClientToken": "7" * 32,
        "TagSpecifications": specification("route-table"),
    }
    table = world.ids["table"] = ec2.create_route_table(**request)["RouteTable"]["RouteTableId"]
    assert ec2.create_route_table(**request)["RouteTable"]["RouteTableId"] == table, "the token made a second table"
    world.on_removal(
        "ec2.route_table", lambda: ec2.delete_route_table(RouteTableId=table), "InvalidRouteTableID.NotFound"
    )
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=world.ids["igw"])
    ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=world.ids["nat"])
    world.on_removal(
        "ec2.route",
        lambda: ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0"),
        "InvalidRoute.NotFound",
    )
    subnet = world.ids["subnets"][1]
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    world.on_removal(
        "ec2.association",
        lambda: ec2.disassociate_route_table(AssociationId=association),
        "InvalidAssociationID.NotFound",
    )
    found = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]
    tagged(found["Tags"])
    default = [r for r in found["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
    holds(default, [{"NatGatewayId": world.ids["nat"], "State": "active"}])
    holds(found["Associations"], [{"RouteTableAssociationId": association, "SubnetId": subnet}])


def make_endpoint(world: World) -> None:
    """A gateway endpoint whose route tables change; the same token makes the same endpoint."""
    ec2, table = world.client("ec2"), world.ids["table"]
    request = {
        "VpcId": world.ids["vpc"],
        "ServiceName": f"com.amazonaws.{ec2.meta.region_name}.s3",
        "VpcEndpointType": "Gateway",
        "RouteTableIds": [table],
        "ClientToken": "3" * 32,
        "TagSpecifications": specification("vpc-endpoint"),
    }
    endpoint = ec2.create_vpc_endpoint(**request)["VpcEndpoint"]["VpcEndpointId"]
    again = ec2.create_vpc_endpoint(**request)["VpcEndpoint"]["VpcEndpointId"]
    assert again == endpoint, "the token made a second endpoint"
    for change, tables in (("RemoveRouteTableIds", []), ("AddRouteTableIds", [table])):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, **{change: [table]})
        found = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]
        holds(found, {"State": "available", "VpcEndpointType": "Gateway", "RouteTableIds": tables})
        tagged(found["Tags"])
    world.on_removal(
        "ec2.vpc_endpoint",
        lambda: ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint]),
        look=lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint]),
        gone=("InvalidVpcEndpointId.NotFound",),
    )


def make_groups(world: World) -> None:
    """A group of tasks, and a group of a data store which lets only the first in and nothing out."""
    ec2 = world.client("ec2")
    tasks, store = (make_group(world, name) for name in ("ecs-sg", "rds-sg"))
    world.ids["group"], world.ids["tasks_group"] = store, tasks
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=store, IpPermissions=everything)
    rule = [
        {
            "IpProtocol": "tcp",
            "FromPort": 5432,
            "ToPort": 5432,
            "UserIdGroupPairs": [{"GroupId": tasks, "Description": "tasks to PostgreSQL"}],
        }
    ]
    made = ec2.authorize_security_group_ingress(
        GroupId=store, IpPermissions=rule, TagSpecifications=specification("security-group-rule")
    )
    rule_id = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    refused(
        lambda: ec2.authorize_security_group_ingress(GroupId=store, IpPermissions=rule), "InvalidPermission.Duplicate"
    )
    found = ec2.describe_security_groups(GroupIds=[store])["SecurityGroups"][0]
    holds(found, {"IpPermissionsEgress": [], "Description": "exercise", "VpcId": world.ids["vpc"]})
    holds(found["IpPermissions"], [{"FromPort": 5432, "UserIdGroupPairs": [{"GroupId": tasks}]}])
    tagged(found["Tags"])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [store]}])
    holds(rules["SecurityGroupRules"], [{"SecurityGroupRuleId": rule_id, "IsEgress": False, "FromPort": 5432}])
    tagged(rules["SecurityGroupRules"][0]["Tags"])
    world.on_removal(
        "ec2.rule",
        lambda: ec2.revoke_security_group_ingress(GroupId=store, SecurityGroupRuleIds=[rule_id]),
        "InvalidSecurityGroupRuleId.NotFound",
    )


def make_group(world: World, name: str) -> str:
    """A security group in the VPC."""
    ec2 = world.client("ec2")
    request = {"GroupName": name, "Description": "exercise", "VpcId": world.ids["vpc"]}
    group = ec2.create_security_group(**request, TagSpecifications=specification("security-group"))["GroupId"]
    refused(lambda: ec2.create_security_group(**request), "InvalidGroup.Duplicate")
    world.on_removal(
        "ec2.security_group",
        lambda: ec2.delete_security_group(GroupId=group),
        "InvalidGroup.NotFound",
        look=lambda: ec2.describe_security_groups(GroupIds=[group]),
    )
    return group
