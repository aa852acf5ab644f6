//! EC2: networks, their gateways, routes and security groups.
use crate::{
    declare::{Api, AwsService, kind},
    permissions::{Permission, allow},
};

mod batched;
mod budgets;
pub(crate) mod codes;
mod elastic_ip;
pub(crate) mod endpoints;
mod ingress_rule;
pub(crate) mod interfaces;
mod internet_gateway;
mod internet_gateway_attachment;
mod nat_gateway;
mod no_egress;
pub(crate) mod owner;
mod route;
mod route_table;
mod route_table_association;
mod security_group;
mod subnet;
mod subnet_public_ip;
mod sweep;
pub(crate) mod verify;
mod vpc;
mod vpc_dns;
mod vpc_endpoint;

pub use elastic_ip::*;
pub use ingress_rule::*;
pub use internet_gateway::*;
pub use internet_gateway_attachment::*;
pub use nat_gateway::*;
pub use no_egress::*;
pub use route::*;
pub use route_table::*;
pub use route_table_association::*;
pub use security_group::*;
pub use subnet::*;
pub use subnet_public_ip::*;
pub use vpc::*;
pub use vpc_dns::*;
pub use vpc_endpoint::*;

/// Tags inside the calls that create what they are on.
pub(crate) const TAGS: Permission = allow(&["ec2:CreateTags"]).when(
    "StringLike",
    "ec2:CreateAction",
    &["AllocateAddress", "AuthorizeSecurityGroup*", "Create*"],
);

/// What GuardDuty leaves in a VPC, and marks as its own:
/// [resources that GuardDuty manages](https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html).
pub(crate) const GUESTS: Permission = allow(&["ec2:DeleteSecurityGroup", "ec2:DeleteVpcEndpoints"])
    .when("StringEquals", "aws:ResourceTag/GuardDutyManaged", &["true"])
    .to_repair();

pub(crate) const SERVICE: AwsService = AwsService {
    name: "ec2",
    apis: &[Api { sdk: "ec2", name: "EC2", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[
        kind::<Vpc>(),
        kind::<VpcDns>(),
        kind::<Subnet>(),
        kind::<SubnetPublicIp>(),
        kind::<InternetGateway>(),
        kind::<InternetGatewayAttachment>(),
        kind::<ElasticIp>(),
        kind::<NatGateway>(),
        kind::<RouteTable>(),
        kind::<RouteTableAssociation>(),
        kind::<Route>(),
        kind::<SecurityGroup>(),
        kind::<NoEgress>(),
        kind::<IngressRule>(),
        kind::<VpcEndpoint>(),
    ],
    probes: sweep::probes,
    sweep: &[allow(&[
        "ec2:DescribeAddresses",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
    ])
    .to_sweep()],
};
