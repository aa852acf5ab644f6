//! EC2: VPCs and subnets are pending for a moment. NAT gateways take a minute or two to create and to delete.

use aws_sdk_ec2::operation::create_nat_gateway::{CreateNatGatewayInput, CreateNatGatewayOutput};
use aws_sdk_ec2::operation::create_subnet::{CreateSubnetInput, CreateSubnetOutput};
use aws_sdk_ec2::operation::create_vpc::{CreateVpcInput, CreateVpcOutput};
use aws_sdk_ec2::operation::delete_nat_gateway::{DeleteNatGatewayInput, DeleteNatGatewayOutput};
use aws_sdk_ec2::operation::describe_nat_gateways::{DescribeNatGatewaysInput, DescribeNatGatewaysOutput};
use aws_sdk_ec2::operation::describe_subnets::{DescribeSubnetsInput, DescribeSubnetsOutput};
use aws_sdk_ec2::operation::describe_vpcs::{DescribeVpcsInput, DescribeVpcsOutput};
use aws_sdk_ec2::types::{NatGateway, NatGatewayState, Subnet, SubnetState, Vpc, VpcState};

use crate::context::{Context, Refusal};
use crate::cross_service::interfaces;
use crate::ec2::laws::{ADDRESS_HOLD, is_lagging};
use crate::ec2::{Nat, nat_owner};
use crate::store::Fact;
use crate::timing;
use crate::typed::{Rule, Step, after, before};

const VPC: &str = "ec2:vpc";
const SUBNET: &str = "ec2:subnet";

pub(super) fn rules() -> Vec<Rule> {
    vec![
        after(vpc_created),
        after(vpcs_shown),
        after(subnet_created),
        after(subnets_shown),
        after(nat_created),
        before(nat_deleted),
        after(nats_shown),
    ]
}

fn vpc_created(context: &mut Context<'_>, _: &CreateVpcInput, output: &mut CreateVpcOutput) {
    if let Some(vpc) = &mut output.vpc {
        vpc.state = Some(VpcState::Pending);
        let id = vpc.vpc_id().unwrap_or_default();
        context.begin(VPC, id, "pending", context.draw(timing::create("ec2_vpc")));
    }
}

fn vpcs_shown(context: &mut Context<'_>, _: &DescribeVpcsInput, output: &mut DescribeVpcsOutput) {
    let pending = |vpc: &&mut Vpc| context.stage(VPC, vpc.vpc_id().unwrap_or_default()).is_some();
    for vpc in output.vpcs.iter_mut().flatten().filter(pending) {
        vpc.state = Some(VpcState::Pending);
    }
}

fn subnet_created(context: &mut Context<'_>, _: &CreateSubnetInput, output: &mut CreateSubnetOutput) {
    if let Some(subnet) = &mut output.subnet {
        subnet.state = Some(SubnetState::Pending);
        let id = subnet.subnet_id().unwrap_or_default();
        context.begin(SUBNET, id, "pending", context.draw(timing::create("ec2_subnet")));
    }
}

fn subnets_shown(context: &mut Context<'_>, _: &DescribeSubnetsInput, output: &mut DescribeSubnetsOutput) {
    let pending = |subnet: &&mut Subnet| (context.stage(SUBNET, subnet.subnet_id().unwrap_or_default())).is_some();
    for subnet in output.subnets.iter_mut().flatten().filter(pending) {
        subnet.state = Some(SubnetState::Pending);
    }
}

fn nat_created(context: &mut Context<'_>, _: &CreateNatGatewayInput, output: &mut CreateNatGatewayOutput) {
    let gateway = output.nat_gateway().and_then(NatGateway::nat_gateway_id);
    let id = gateway.unwrap_or_default();
    context.begin(Nat::KIND, id, "pending", context.draw(timing::create("ec2_nat_gateway")));
}

fn nat_deleted(context: &mut Context<'_>, input: &DeleteNatGatewayInput) -> Step<DeleteNatGatewayOutput> {
    let id = input.nat_gateway_id().unwrap_or_default();
    let Some(nat) = context.recall::<Nat>(id) else {
        return Step::Pass;
    };
    if is_lagging(context, id) {
        let message = format!("The Nat Gateway {id} was not found");
        return Step::Refuse(Refusal::new("NatGatewayNotFound", message));
    }
    if nat.failure.is_some() {
        return Step::Pass;
    }
    let answer = DeleteNatGatewayOutput::builder().nat_gateway_id(id).build();
    if context.stage(Nat::KIND, id).as_deref() == Some("deleting") {
        return Step::Answer(answer);
    }
    let seconds = context.draw(timing::delete("ec2_nat_gateway"));
    match context.removal(Nat::KIND, id, "deleting", seconds) {
        Some(removal) => {
            interfaces::release(context, &nat_owner(id), seconds);
            hold_address(context, &nat, seconds);
            Step::Postpone(removal, answer)
        }
        None => Step::Pass,
    }
}

/// AWS holds the address for a moment after the gateway is `deleted`: `eformat/sno-for-100#9`.
fn hold_address(context: &mut Context<'_>, nat: &Nat, seconds: f64) {
    let Some(allocation) = nat.allocation.as_deref().filter(|id| nat.holds(Some(id))) else { return };
    let longer = match context.conditions.lag {
        true => 2.0 * timing::consistency("ec2_eip") * context.store.chance(context.conditions.seed),
        false => 0.0,
    };
    context.begin(ADDRESS_HOLD, allocation, "held", seconds + longer);
}

fn nats_shown(context: &mut Context<'_>, _: &DescribeNatGatewaysInput, output: &mut DescribeNatGatewaysOutput) {
    for gateway in output.nat_gateways.iter_mut().flatten() {
        let id = gateway.nat_gateway_id().unwrap_or_default();
        if let Some(stage) = context.stage(Nat::KIND, id) {
            gateway.state = Some(NatGatewayState::from(stage.as_str()));
        }
    }
}
