//! New resources may not show yet: calls that name them are refused, and lists omit them.
//! <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>

use aws_sdk_ec2::operation::allocate_address::{AllocateAddressInput, AllocateAddressOutput};
use aws_sdk_ec2::operation::create_internet_gateway::{CreateInternetGatewayInput, CreateInternetGatewayOutput};
use aws_sdk_ec2::operation::create_nat_gateway::{CreateNatGatewayInput, CreateNatGatewayOutput};
use aws_sdk_ec2::operation::create_route_table::{CreateRouteTableInput, CreateRouteTableOutput};
use aws_sdk_ec2::operation::create_security_group::{CreateSecurityGroupInput, CreateSecurityGroupOutput};
use aws_sdk_ec2::operation::create_subnet::{CreateSubnetInput, CreateSubnetOutput};
use aws_sdk_ec2::operation::create_vpc::{CreateVpcInput, CreateVpcOutput};
use aws_sdk_ec2::types::{InternetGateway, NatGateway, RouteTable, Subnet, Vpc};

use crate::context::{Context, Refusal};
use crate::ec2::{Nat, Table};
use crate::law::{Basis, Law};
use crate::typed::after;
use crate::wire::{Ask, Verdict, WireRule};

const SOURCE: &str = "https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "ec2/new-is-unknown",
            "for a moment, calls that name a new thing may be refused as if it were not there, and lists may omit it",
            SOURCE,
            WireRule::before("EC2", "*", refuse_unknown),
        ),
        Law::documented("ec2/new-vpc", "a new VPC may be unknown for a moment", SOURCE, after(vpc)),
        Law::documented("ec2/new-subnet", "a new subnet may be unknown for a moment", SOURCE, after(subnet)),
        Law::documented(
            "ec2/new-gateway",
            "a new internet gateway may be unknown for a moment",
            SOURCE,
            after(gateway),
        ),
        Law::documented("ec2/new-address", "a new address may be unknown for a moment", SOURCE, after(address)),
        Law::documented("ec2/new-nat", "a new NAT gateway may be unknown for a moment", SOURCE, after(nat)),
        Law::documented_only(
            "ec2/new-endpoint",
            "a new endpoint may be unknown for a moment",
            Basis::Documented,
            SOURCE,
        ),
        Law::documented("ec2/new-table", "a new route table may be unknown for a moment", SOURCE, after(table)),
        Law::documented_only(
            "ec2/new-group-looks-closed",
            "the rule that lets everything out of a new group may show seconds later; revoked before, it does not exist",
            Basis::Reported,
            "ansible-collections/amazon.aws, plugins/modules/ec2_security_group.py, which waits for it; \
             hashicorp/terraform-provider-aws, internal/service/ec2/wait.go, which wants a new group seen three times",
        ),
        Law::documented("ec2/new-group", "a new security group may be unknown for a moment", SOURCE, after(group)),
    ]
}

/// The kind of a resource: the prefix of its id.
fn kind(id: &str) -> &str {
    id.split_once('-').map_or("", |(kind, _)| kind)
}

fn row(id: &str) -> &'static str {
    match kind(id) {
        "vpc" => "ec2_vpc",
        "subnet" => "ec2_subnet",
        "igw" => "ec2_internet_gateway",
        "eipalloc" => "ec2_eip",
        "nat" => "ec2_nat_gateway",
        "rtb" => "ec2_route_table",
        "sg" => "ec2_security_group",
        "vpce" => "ec2_vpc_endpoint_gateway",
        _ => "",
    }
}

fn code(operation: &str, id: &str) -> &'static str {
    match kind(id) {
        "vpc" => "InvalidVpcID.NotFound",
        "subnet" => "InvalidSubnetID.NotFound",
        "igw" if operation == "CreateRoute" => "InvalidGatewayID.NotFound",
        "igw" => "InvalidInternetGatewayID.NotFound",
        "eipalloc" => "InvalidAllocationID.NotFound",
        "nat" if operation == "CreateRoute" => "InvalidNatGatewayID.NotFound",
        "nat" => "NatGatewayNotFound",
        "rtb" => "InvalidRouteTableID.NotFound",
        "sgr" => "InvalidSecurityGroupRuleId.NotFound",
        "vpce" => "InvalidVpcEndpointId.NotFound",
        _ => "InvalidGroup.NotFound",
    }
}

/// Whether the resource does not show everywhere yet.
pub(crate) fn is_lagging(context: &Context<'_>, id: &str) -> bool {
    context.conditions.lag && context.is_lagging(kind(id), id)
}

/// The default rule of a new group may show later than the group. The delay is not documented; an assumption: at most
/// as long as that of a group.
pub(crate) fn new_rule(context: &mut Context<'_>, rule: &str) {
    context.lags(kind(rule), rule, row("sg-"));
}

fn begin(context: &mut Context<'_>, id: Option<&str>) {
    if let Some(id) = id {
        context.lags(kind(id), id, row(id));
    }
}

/// Whether a form field refers to resources. Filters and tags do not: their values are only compared.
fn names_something(field: &str) -> bool {
    !field.starts_with("Filter.") && !field.starts_with("Tag")
}

fn refuse_unknown(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let named = ask.form.iter().filter(|(field, _)| names_something(field)).map(|(_, value)| value);
    match named.into_iter().find(|value| is_lagging(context, value)) {
        None => Verdict::Pass,
        Some(id) => Verdict::Refuse(Refusal::new(code(&ask.operation, id), format!("The ID '{id}' does not exist"))),
    }
}

fn vpc(context: &mut Context<'_>, _: &CreateVpcInput, output: &mut CreateVpcOutput) {
    begin(context, output.vpc().and_then(Vpc::vpc_id));
}

fn subnet(context: &mut Context<'_>, _: &CreateSubnetInput, output: &mut CreateSubnetOutput) {
    begin(context, output.subnet().and_then(Subnet::subnet_id));
}

fn gateway(context: &mut Context<'_>, _: &CreateInternetGatewayInput, output: &mut CreateInternetGatewayOutput) {
    begin(context, output.internet_gateway().and_then(InternetGateway::internet_gateway_id));
}

fn address(context: &mut Context<'_>, _: &AllocateAddressInput, output: &mut AllocateAddressOutput) {
    begin(context, output.allocation_id());
}

/// A repeated token creates nothing new, so the existing gateway does not lag.
fn nat(context: &mut Context<'_>, _: &CreateNatGatewayInput, output: &mut CreateNatGatewayOutput) {
    let id = output.nat_gateway().and_then(NatGateway::nat_gateway_id);
    begin(context, id.filter(|id| context.recall::<Nat>(id).is_none()));
}

/// Like [`nat`].
fn table(context: &mut Context<'_>, _: &CreateRouteTableInput, output: &mut CreateRouteTableOutput) {
    let id = output.route_table().and_then(RouteTable::route_table_id);
    begin(context, id.filter(|id| context.recall::<Table>(id).is_none()));
}

fn group(context: &mut Context<'_>, _: &CreateSecurityGroupInput, output: &mut CreateSecurityGroupOutput) {
    begin(context, output.group_id());
}
