//! DB subnet groups: the subnets a database can use.

use aws_sdk_rds::operation::create_db_subnet_group::{CreateDbSubnetGroupInput, CreateDbSubnetGroupOutput};
use aws_sdk_rds::operation::delete_db_subnet_group::{DeleteDbSubnetGroupInput, DeleteDbSubnetGroupOutput};
use aws_sdk_rds::operation::describe_db_subnet_groups::{DescribeDbSubnetGroupsInput, DescribeDbSubnetGroupsOutput};
use aws_sdk_rds::operation::modify_db_subnet_group::{ModifyDbSubnetGroupInput, ModifyDbSubnetGroupOutput};
use aws_sdk_rds::types::DbSubnetGroup;

use super::{NEW_GROUP, no_subnet_group, unless};
use crate::context::{Context, Refusal};
use crate::cross_service::{interfaces, network};
use crate::law::Law;
use crate::rds::{Cluster, Instance, Located};
use crate::store::Fact;
use crate::typed::{Step, after, before};

const CREATE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html";
const MODIFY: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSubnetGroup.html";
const DELETE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSubnetGroup.html";
/// A report of the not-found error for the call right after a subnet group's creation.
const NEW: &str = "the retry table of go-to-k/cdkd lists 'DB subnet group does not exist' right after its creation";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "rds/subnet-group-places",
            "a DB subnet group is made of subnets that are there, in two zones at least",
            CREATE,
            before(made_of_good_subnets),
        ),
        Law::documented(
            "rds/subnet-group-places-kept",
            "a DB subnet group is changed to subnets that are there, in two zones at least",
            MODIFY,
            before(changed_to_good_subnets),
        ),
        Law::documented(
            "rds/subnet-in-use",
            "a subnet with a database in it cannot be taken out of its DB subnet group",
            MODIFY,
            before(loses_a_used_subnet),
        ),
        Law::documented(
            "rds/subnet-group-in-use",
            "a DB subnet group cannot be deleted while a database uses it, also one that is being deleted",
            DELETE,
            before(in_use),
        ),
        Law::reported("rds/new-subnet-group", "a new DB subnet group may be unknown for a moment", NEW, after(made)),
        Law::reported(
            "rds/new-subnet-group-by-name",
            "a new DB subnet group may be unknown to calls that name it",
            NEW,
            before(look_by_name),
        ),
        Law::reported(
            "rds/new-subnet-group-in-list",
            "a new DB subnet group may be missing in lists",
            NEW,
            after(list),
        ),
    ]
}

fn bad_subnets(context: &Context<'_>, subnets: &[String]) -> Option<Refusal> {
    if let Some(unknown) = network::unknown_subnet(context, subnets) {
        let message = format!("Some input subnets in :[{unknown}] are invalid.");
        // A new subnet is also refused: hashicorp/terraform-provider-aws#49846.
        return Some(Refusal::new("InvalidParameterValue", message));
    }
    let zones = network::zones(context, subnets);
    (zones.len() < 2).then(|| {
        let zones: Vec<String> = zones.into_iter().collect();
        let message = format!(
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: {}. \
             Add subnets to cover at least 2 AZs.",
            zones.join(", ")
        );
        Refusal::new("DBSubnetGroupDoesNotCoverEnoughAZs", message)
    })
}

fn made_of_good_subnets(
    context: &mut Context<'_>,
    input: &CreateDbSubnetGroupInput,
) -> Step<CreateDbSubnetGroupOutput> {
    unless(bad_subnets(context, input.subnet_ids()))
}

fn changed_to_good_subnets(
    context: &mut Context<'_>,
    input: &ModifyDbSubnetGroupInput,
) -> Step<ModifyDbSubnetGroupOutput> {
    let name = input.db_subnet_group_name().unwrap_or_default();
    unless(no_subnet_group(context, name).or_else(|| bad_subnets(context, input.subnet_ids())))
}

/// The instances in a subnet group.
fn users(context: &Context<'_>, group: &str) -> Vec<String> {
    let uses = |instance: &Instance| instance.subnet_group.as_deref() == Some(group);
    context.all::<Instance>().into_iter().filter(|(_, instance)| uses(instance)).map(|(id, _)| id).collect()
}

/// The clusters in a subnet group.
fn clusters(context: &Context<'_>, group: &str) -> Vec<String> {
    let uses = |cluster: &Cluster| cluster.subnet_group.as_deref() == Some(group);
    context.all::<Cluster>().into_iter().filter(|(_, cluster)| uses(cluster)).map(|(id, _)| id).collect()
}

fn loses_a_used_subnet(context: &mut Context<'_>, input: &ModifyDbSubnetGroupInput) -> Step<ModifyDbSubnetGroupOutput> {
    let name = input.db_subnet_group_name().unwrap_or_default();
    let owners: Vec<String> = users(context, name).into_iter().map(|id| format!("{} {id}", Instance::KIND)).collect();
    let had = context.recall::<Located>(name).unwrap_or_default().subnets;
    let used = interfaces::all(context).into_iter().find(|(_, interface)| {
        let leaves = had.contains(&interface.subnet) && !input.subnet_ids().contains(&interface.subnet);
        leaves && owners.contains(&interface.owner)
    });
    unless(used.map(|(_, interface)| {
        let message = format!("Some of the subnets to be deleted are currently in use: {}.", interface.subnet);
        Refusal::new("SubnetAlreadyInUse", message)
    }))
}

fn in_use(context: &mut Context<'_>, input: &DeleteDbSubnetGroupInput) -> Step<DeleteDbSubnetGroupOutput> {
    let name = input.db_subnet_group_name().unwrap_or_default();
    if let Some(refusal) = no_subnet_group(context, name) {
        return Step::Refuse(refusal);
    }
    let mut users = users(context, name).into_iter().chain(clusters(context, name));
    unless(users.next().map(|user| {
        let message = format!(
            "Cannot delete the subnet group '{name}' because at least one database instance: {user} is still using it."
        );
        Refusal::new("InvalidDBSubnetGroupStateFault", message)
    }))
}

fn made(context: &mut Context<'_>, input: &CreateDbSubnetGroupInput, _: &mut CreateDbSubnetGroupOutput) {
    context.lags(NEW_GROUP, input.db_subnet_group_name().unwrap_or_default(), "rds_db_subnet_group");
}

fn look_by_name(context: &mut Context<'_>, input: &DescribeDbSubnetGroupsInput) -> Step<DescribeDbSubnetGroupsOutput> {
    unless(input.db_subnet_group_name().and_then(|name| no_subnet_group(context, name)))
}

fn list(context: &mut Context<'_>, _: &DescribeDbSubnetGroupsInput, output: &mut DescribeDbSubnetGroupsOutput) {
    let shows =
        |group: &DbSubnetGroup| !context.is_lagging(NEW_GROUP, group.db_subnet_group_name().unwrap_or_default());
    if let Some(groups) = &mut output.db_subnet_groups {
        groups.retain(shows);
    }
}
