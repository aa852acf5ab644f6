//! DB subnet groups. AWS shows the VPC and the zones of the subnets; winterbaume knows neither.

use aws_sdk_rds::operation::create_db_subnet_group::{CreateDbSubnetGroupInput, CreateDbSubnetGroupOutput};
use aws_sdk_rds::operation::delete_db_subnet_group::{DeleteDbSubnetGroupInput, DeleteDbSubnetGroupOutput};
use aws_sdk_rds::operation::describe_db_subnet_groups::{DescribeDbSubnetGroupsInput, DescribeDbSubnetGroupsOutput};
use aws_sdk_rds::operation::modify_db_subnet_group::{ModifyDbSubnetGroupInput, ModifyDbSubnetGroupOutput};
use aws_sdk_rds::types::{AvailabilityZone, DbSubnetGroup};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::cross_service::network::Place;
use crate::store::Fact;
use crate::typed::{Rule, after};

/// The location of a subnet group.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Located {
    pub(crate) vpc: Option<String>,
    pub(crate) subnets: Vec<String>,
}

impl Fact for Located {
    const KIND: &'static str = "rds:subnet-group";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(describe), after(moved), after(deleted)]
}

fn place(context: &Context<'_>, group: &mut DbSubnetGroup) {
    for subnet in group.subnets.iter_mut().flatten() {
        let id = subnet.subnet_identifier.as_deref().unwrap_or_default();
        if let Some(place) = context.recall::<Place>(id) {
            let zone = AvailabilityZone::builder().name(place.zone).build();
            subnet.subnet_availability_zone = Some(zone);
            group.vpc_id = Some(place.vpc);
        }
    }
}

fn created(context: &mut Context<'_>, input: &CreateDbSubnetGroupInput, output: &mut CreateDbSubnetGroupOutput) {
    if let Some(group) = &mut output.db_subnet_group {
        place(context, group);
        let name = input.db_subnet_group_name().unwrap_or_default();
        context.remember(name, &Located { vpc: group.vpc_id.clone(), subnets: input.subnet_ids().to_vec() });
    }
}

fn describe(context: &mut Context<'_>, _: &DescribeDbSubnetGroupsInput, output: &mut DescribeDbSubnetGroupsOutput) {
    for group in output.db_subnet_groups.iter_mut().flatten() {
        place(context, group);
    }
}

fn deleted(context: &mut Context<'_>, input: &DeleteDbSubnetGroupInput, _: &mut DeleteDbSubnetGroupOutput) {
    context.forget::<Located>(input.db_subnet_group_name().unwrap_or_default());
}

fn moved(context: &mut Context<'_>, input: &ModifyDbSubnetGroupInput, output: &mut ModifyDbSubnetGroupOutput) {
    if let Some(group) = &mut output.db_subnet_group {
        place(context, group);
        let name = input.db_subnet_group_name().unwrap_or_default();
        context.remember(name, &Located { vpc: group.vpc_id.clone(), subnets: input.subnet_ids().to_vec() });
    }
}
