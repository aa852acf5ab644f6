//! The locations of subnets. AWS shows the VPC and the zone of every subnet group and load balancer; winterbaume's
//! other services have no access to its EC2, so locations are recorded here.

use aws_sdk_ec2::operation::create_subnet::{CreateSubnetInput, CreateSubnetOutput};
use aws_sdk_ec2::operation::delete_subnet::{DeleteSubnetInput, DeleteSubnetOutput};

use crate::context::Context;
use crate::cross_service::network::Place;
use crate::typed::{Rule, after};

pub(super) fn rules() -> Vec<Rule> {
    vec![after(note), after(forget)]
}

/// Winterbaume puts a subnet without a zone into us-east-1a, whatever the region.
fn note(context: &mut Context<'_>, input: &CreateSubnetInput, output: &mut CreateSubnetOutput) {
    let zone = match input.availability_zone() {
        Some(zone) => zone.to_owned(),
        None => format!("{}a", context.region),
    };
    if let Some(subnet) = &mut output.subnet {
        subnet.availability_zone = Some(zone.clone());
        let id = subnet.subnet_id().unwrap_or_default();
        let vpc = input.vpc_id().unwrap_or_default().to_owned();
        let cidr = input.cidr_block().unwrap_or_default().to_owned();
        context.remember(id, &Place { vpc, zone, cidr });
    }
}

fn forget(context: &mut Context<'_>, input: &DeleteSubnetInput, _: &mut DeleteSubnetOutput) {
    context.forget::<Place>(input.subnet_id().unwrap_or_default());
}
