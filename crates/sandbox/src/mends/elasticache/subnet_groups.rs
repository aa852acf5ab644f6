//! Cache subnet groups. AWS tells the VPC and the zones of the subnets; winterbaume says `vpc-mock`.

use aws_sdk_elasticache::operation::create_cache_subnet_group::{
    CreateCacheSubnetGroupInput, CreateCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::operation::describe_cache_subnet_groups::{
    DescribeCacheSubnetGroupsInput, DescribeCacheSubnetGroupsOutput,
};
use aws_sdk_elasticache::types::{AvailabilityZone, CacheSubnetGroup};

use crate::context::Context;
use crate::mends::ec2::Place;
use crate::typed::{Rule, after};

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(shown)]
}

fn place(context: &Context<'_>, group: &mut CacheSubnetGroup) {
    for subnet in group.subnets.iter_mut().flatten() {
        let id = subnet.subnet_identifier.as_deref().unwrap_or_default();
        if let Some(place) = context.recall::<Place>(id) {
            let zone = AvailabilityZone::builder().name(place.zone).build();
            subnet.subnet_availability_zone = Some(zone);
            group.vpc_id = Some(place.vpc);
        }
    }
}

fn created(context: &mut Context<'_>, _: &CreateCacheSubnetGroupInput, output: &mut CreateCacheSubnetGroupOutput) {
    if let Some(group) = &mut output.cache_subnet_group {
        place(context, group);
    }
}

fn shown(context: &mut Context<'_>, _: &DescribeCacheSubnetGroupsInput, output: &mut DescribeCacheSubnetGroupsOutput) {
    for group in output.cache_subnet_groups.iter_mut().flatten() {
        place(context, group);
    }
}
