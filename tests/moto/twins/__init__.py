"""For each type of CloudFormation resource, the rule that finds its twin in an environment and demands as much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import api, data, network, workers
from .environment import Environment

RULES: dict[str, Callable[[Environment, dict[str, Any]], None]] = {
    "AWS::EC2::VPC": network.vpc,
    "AWS::EC2::Subnet": network.subnet,
    "AWS::EC2::RouteTable": network.route_table,
    "AWS::EC2::SubnetRouteTableAssociation": network.association,
    "AWS::EC2::Route": network.route,
    "AWS::EC2::EIP": network.address,
    "AWS::EC2::NatGateway": network.nat_gateway,
    "AWS::EC2::InternetGateway": network.internet_gateway,
    "AWS::EC2::VPCGatewayAttachment": network.internet_gateway,
    "AWS::EC2::SecurityGroup": network.security_group,
    "AWS::EC2::SecurityGroupIngress": network.ingress,
    "AWS::SecretsManager::Secret": data.secret,
    "AWS::SecretsManager::SecretTargetAttachment": data.secret_attachment,
    "AWS::RDS::DBSubnetGroup": data.database_subnets,
    "AWS::RDS::DBInstance": data.database,
    "AWS::ElastiCache::SubnetGroup": data.cache_subnets,
    "AWS::ElastiCache::ReplicationGroup": data.cache,
    "AWS::EFS::FileSystem": data.file_system,
    "AWS::EFS::MountTarget": data.mount_target,
    "AWS::ECS::Cluster": workers.cluster,
    "AWS::ECS::TaskDefinition": workers.task_definition,
    "AWS::IAM::Role": workers.role,
    "AWS::IAM::Policy": workers.policy,
    "AWS::Logs::LogGroup": workers.log_group,
    "AWS::ApiGateway::RestApi": api.rest_api,
    "AWS::ApiGateway::Deployment": api.deployment,
    "AWS::ApiGateway::Stage": api.stage,
    "AWS::ApiGateway::Resource": api.resource,
    "AWS::ApiGateway::Method": api.method,
    "AWS::ApiGateway::UsagePlan": api.usage_plan,
    "AWS::ApiGateway::UsagePlanKey": api.usage_plan_key,
    "AWS::ApiGateway::ApiKey": api.api_key,
}
