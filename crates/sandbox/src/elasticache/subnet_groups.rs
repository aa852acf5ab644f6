//! Cache subnet groups. AWS shows the VPC and the zones of the subnets, and allows modification; winterbaume shows
//! `vpc-mock` and lacks the operation.

use aws_sdk_elasticache::operation::create_cache_subnet_group::{
    CreateCacheSubnetGroupInput, CreateCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::operation::delete_cache_subnet_group::{
    DeleteCacheSubnetGroupInput, DeleteCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::operation::describe_cache_subnet_groups::{
    DescribeCacheSubnetGroupsInput, DescribeCacheSubnetGroupsOutput,
};
use aws_sdk_elasticache::operation::modify_cache_subnet_group::{
    ModifyCacheSubnetGroupInput, ModifyCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::types::{AvailabilityZone, CacheSubnetGroup, Subnet};
use serde::{Deserialize, Serialize};

use crate::context::{Context, Refusal};
use crate::cross_service::network::Place;
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The modifiable settings of a group.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Modifiable {
    description: String,
    pub(crate) subnets: Vec<String>,
}

impl Fact for Modifiable {
    const KIND: &'static str = "elasticache:subnet-group";
}

impl Modifiable {
    /// Whether the request changes any of them.
    pub(crate) fn is_changed_by(&self, input: &ModifyCacheSubnetGroupInput) -> bool {
        let other = input.cache_subnet_group_description().is_some_and(|text| text != self.description);
        other || (!input.subnet_ids().is_empty() && input.subnet_ids() != self.subnets)
    }
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(describe), before(modify), after(deleted)]
}

fn show(context: &Context<'_>, group: &mut CacheSubnetGroup) {
    let Some(kept) = context.recall::<Modifiable>(group.cache_subnet_group_name().unwrap_or_default()) else {
        return;
    };
    let mut subnets = Vec::new();
    for id in &kept.subnets {
        let mut subnet = Subnet::builder().subnet_identifier(id);
        if let Some(place) = context.recall::<Place>(id) {
            subnet = subnet.subnet_availability_zone(AvailabilityZone::builder().name(place.zone).build());
            group.vpc_id = Some(place.vpc);
        }
        subnets.push(subnet.build());
    }
    group.subnets = Some(subnets);
    group.cache_subnet_group_description = Some(kept.description);
}

fn created(context: &mut Context<'_>, input: &CreateCacheSubnetGroupInput, output: &mut CreateCacheSubnetGroupOutput) {
    let kept = Modifiable {
        description: input.cache_subnet_group_description().unwrap_or_default().to_owned(),
        subnets: input.subnet_ids().to_vec(),
    };
    context.remember(input.cache_subnet_group_name().unwrap_or_default(), &kept);
    if let Some(group) = &mut output.cache_subnet_group {
        show(context, group);
    }
}

fn describe(
    context: &mut Context<'_>,
    _: &DescribeCacheSubnetGroupsInput,
    output: &mut DescribeCacheSubnetGroupsOutput,
) {
    for group in output.cache_subnet_groups.iter_mut().flatten() {
        show(context, group);
    }
}

fn modify(context: &mut Context<'_>, input: &ModifyCacheSubnetGroupInput) -> Step<ModifyCacheSubnetGroupOutput> {
    let name = input.cache_subnet_group_name().unwrap_or_default();
    let Some(mut kept) = context.recall::<Modifiable>(name) else {
        let message = format!("Cache subnet group {name} does not exist.");
        return Step::Refuse(Refusal::new("CacheSubnetGroupNotFoundFault", message));
    };
    if let Some(description) = input.cache_subnet_group_description() {
        kept.description = description.to_owned();
    }
    if !input.subnet_ids().is_empty() {
        kept.subnets = input.subnet_ids().to_vec();
    }
    context.remember(name, &kept);
    let arn = context.arn("elasticache", &format!("subnetgroup:{name}"));
    let mut group = CacheSubnetGroup::builder().cache_subnet_group_name(name).arn(arn).build();
    show(context, &mut group);
    Step::Answer(ModifyCacheSubnetGroupOutput::builder().cache_subnet_group(group).build())
}

fn deleted(context: &mut Context<'_>, input: &DeleteCacheSubnetGroupInput, _: &mut DeleteCacheSubnetGroupOutput) {
    context.forget::<Modifiable>(input.cache_subnet_group_name().unwrap_or_default());
}
