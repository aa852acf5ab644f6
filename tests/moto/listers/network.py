"""EC2 and load balancing."""

from __future__ import annotations

from typing import Any

from .account import Account, batches

# kind: (operation, member of its answer)
EC2 = {
    "ec2:vpc": ("describe_vpcs", "Vpcs"),
    "ec2:subnet": ("describe_subnets", "Subnets"),
    "ec2:internet-gateway": ("describe_internet_gateways", "InternetGateways"),
    "ec2:address": ("describe_addresses", "Addresses"),
    "ec2:nat-gateway": ("describe_nat_gateways", "NatGateways"),
    "ec2:route-table": ("describe_route_tables", "RouteTables"),
    "ec2:security-group": ("describe_security_groups", "SecurityGroups"),
    "ec2:security-group-rule": ("describe_security_group_rules", "SecurityGroupRules"),
    "ec2:network-interface": ("describe_network_interfaces", "NetworkInterfaces"),
    "ec2:vpc-endpoint": ("describe_vpc_endpoints", "VpcEndpoints"),
}


def everything(account: Account) -> dict[str, list[Any]]:
    """Networks and load balancers."""
    found = {kind: account.every("ec2", operation, member) for kind, (operation, member) in EC2.items()}
    for vpc in found["ec2:vpc"]:
        for attribute in ("enableDnsSupport", "enableDnsHostnames"):
            answer = account.client("ec2").describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=attribute)
            member = attribute[0].upper() + attribute[1:]
            vpc[member] = answer[member]["Value"]
    return found | load_balancing(account)


def load_balancing(account: Account) -> dict[str, list[Any]]:
    """Load balancers with their attributes, target groups, listeners."""
    balancers = account.every("elbv2", "describe_load_balancers", "LoadBalancers")
    groups = account.every("elbv2", "describe_target_groups", "TargetGroups")
    listeners = []
    for balancer in balancers:
        arn = balancer["LoadBalancerArn"]
        listeners += account.every("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn)
        attributes = account.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)
        balancer["Attributes"] = attributes["Attributes"]
        # A balancer becomes active by itself.
        balancer.pop("State", None)
    add_tags(account, "LoadBalancerArn", balancers)
    add_tags(account, "TargetGroupArn", groups)
    add_tags(account, "ListenerArn", listeners)
    return {"elbv2:load-balancer": balancers, "elbv2:target-group": groups, "elbv2:listener": listeners}


def add_tags(account: Account, arn: str, items: list[Any]) -> None:
    """Reads the tags of load-balancing items into them."""
    for batch in batches(items, 20):
        answer = account.client("elbv2").describe_tags(ResourceArns=[item[arn] for item in batch])
        tags = {entry["ResourceArn"]: entry["Tags"] for entry in answer["TagDescriptions"]}
        for item in batch:
            item["Tags"] = tags.get(item[arn], [])
