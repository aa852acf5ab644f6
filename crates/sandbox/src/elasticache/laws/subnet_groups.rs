//! Cache subnet groups: the subnets a cache can use.

use aws_sdk_elasticache::operation::create_cache_subnet_group::{
    CreateCacheSubnetGroupInput, CreateCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::operation::delete_cache_subnet_group::{
    DeleteCacheSubnetGroupInput, DeleteCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::operation::modify_cache_subnet_group::{
    ModifyCacheSubnetGroupInput, ModifyCacheSubnetGroupOutput,
};

use super::unless;
use crate::context::{Context, Refusal};
use crate::cross_service::{interfaces, network};
use crate::elasticache::{Group, Modifiable};
use crate::law::Law;
use crate::store::Fact;
use crate::typed::{Step, before};

const CREATE: &str =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html";
const MODIFY: &str =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyCacheSubnetGroup.html";
const DELETE: &str =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "elasticache/subnet-group-places",
            "a cache subnet group is made of subnets that are there",
            CREATE,
            before(made_of_good_subnets),
        ),
        Law::documented(
            "elasticache/subnet-group-places-kept",
            "a cache subnet group is changed to subnets that are there",
            MODIFY,
            before(changed_to_good_subnets),
        ),
        Law::documented(
            "elasticache/subnet-in-use",
            "a subnet with a node in it cannot be taken out of its cache subnet group",
            MODIFY,
            before(loses_a_used_subnet),
        ),
        Law::reported(
            "elasticache/subnet-group-nothing-modified",
            "a cache subnet group is not changed into what it is",
            "ansible/ansible, elasticache_subnet_group.py: 'No modifications were requested.'",
            before(nothing_modified),
        ),
        Law::documented(
            "elasticache/subnet-group-in-use",
            "a cache subnet group cannot be deleted while a cache uses it, also one that is being deleted",
            DELETE,
            before(in_use),
        ),
    ]
}

fn bad_subnet(context: &Context<'_>, subnets: &[String]) -> Option<Refusal> {
    let unknown = network::unknown_subnet(context, subnets)?;
    Some(Refusal::new("InvalidSubnet", format!("Some input subnets in :[{unknown}] are invalid.")))
}

fn nothing_modified(
    context: &mut Context<'_>,
    input: &ModifyCacheSubnetGroupInput,
) -> Step<ModifyCacheSubnetGroupOutput> {
    let group = context.recall::<Modifiable>(input.cache_subnet_group_name().unwrap_or_default());
    unless(group.filter(|group| !group.is_changed_by(input)).map(|_| super::states::nothing()))
}

fn made_of_good_subnets(
    context: &mut Context<'_>,
    input: &CreateCacheSubnetGroupInput,
) -> Step<CreateCacheSubnetGroupOutput> {
    unless(bad_subnet(context, input.subnet_ids()))
}

fn changed_to_good_subnets(
    context: &mut Context<'_>,
    input: &ModifyCacheSubnetGroupInput,
) -> Step<ModifyCacheSubnetGroupOutput> {
    unless(bad_subnet(context, input.subnet_ids()))
}

fn users(context: &Context<'_>, subnet_group: &str) -> Vec<String> {
    let uses = |group: &Group| group.subnet_group.as_deref() == Some(subnet_group);
    context.all::<Group>().into_iter().filter(|(_, group)| uses(group)).map(|(id, _)| id).collect()
}

fn loses_a_used_subnet(
    context: &mut Context<'_>,
    input: &ModifyCacheSubnetGroupInput,
) -> Step<ModifyCacheSubnetGroupOutput> {
    let name = input.cache_subnet_group_name().unwrap_or_default();
    let owners: Vec<String> = users(context, name).into_iter().map(|id| format!("{} {id}", Group::KIND)).collect();
    let had = context.recall::<Modifiable>(name).map(|group| group.subnets).unwrap_or_default();
    let changes = !input.subnet_ids().is_empty();
    let used = interfaces::all(context).into_iter().find(|(_, interface)| {
        let leaves = had.contains(&interface.subnet) && !input.subnet_ids().contains(&interface.subnet);
        changes && leaves && owners.contains(&interface.owner)
    });
    unless(used.map(|(_, interface)| {
        let message = format!("Some of the subnets to be deleted are currently in use: {}.", interface.subnet);
        Refusal::new("SubnetInUse", message)
    }))
}

fn in_use(context: &mut Context<'_>, input: &DeleteCacheSubnetGroupInput) -> Step<DeleteCacheSubnetGroupOutput> {
    let name = input.cache_subnet_group_name().unwrap_or_default();
    unless(users(context, name).first().map(|user| {
        let message = format!("Cache subnet group {name} is currently in use by a cache cluster of {user}.");
        Refusal::new("CacheSubnetGroupInUse", message)
    }))
}
