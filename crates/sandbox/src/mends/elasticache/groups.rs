//! The operations on replication groups.
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>

use aws_sdk_elasticache::operation::create_replication_group::{
    CreateReplicationGroupInput, CreateReplicationGroupOutput,
};
use aws_sdk_elasticache::operation::delete_replication_group::{
    DeleteReplicationGroupInput, DeleteReplicationGroupOutput,
};
use aws_sdk_elasticache::operation::describe_cache_clusters::{
    DescribeCacheClustersInput, DescribeCacheClustersOutput,
};
use aws_sdk_elasticache::operation::describe_replication_groups::{
    DescribeReplicationGroupsInput, DescribeReplicationGroupsOutput,
};
use aws_sdk_elasticache::operation::modify_replication_group::{
    ModifyReplicationGroupInput, ModifyReplicationGroupOutput,
};

use super::group::{Group, full_version};
use crate::context::{Context, Refusal};
use crate::timing;
use crate::typed::{Rule, Step, before};
use crate::world::Fact;

const TIMING: &str = "elasticache_replication_group_2node_maz";

pub(super) fn rules() -> Vec<Rule> {
    vec![before(create), before(describe), before(modify), before(delete), before(describe_members)]
}

fn not_found(id: &str) -> Refusal {
    let message = format!("ReplicationGroup {id} not found.");
    Refusal::new("ReplicationGroupNotFoundFault", message)
}

fn status(context: &Context<'_>, id: &str) -> String {
    context.stage(Group::KIND, id).unwrap_or_else(|| "available".to_owned())
}

fn create(context: &mut Context<'_>, input: &CreateReplicationGroupInput) -> Step<CreateReplicationGroupOutput> {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    if context.recall::<Group>(&id).is_some() {
        let message = format!("Replication group with specified id already exists: {id}");
        return Step::Refuse(Refusal::new("ReplicationGroupAlreadyExists", message));
    }
    let arn = context.arn("elasticache", &format!("replicationgroup:{id}"));
    let group = Group::asked(input, context.region, arn);
    if group.multi_az && (group.nodes < 2 || !group.failover) {
        let message = "Multi-AZ needs automatic failover and at least one replica.";
        return Step::Refuse(Refusal::new("InvalidParameterCombination", message));
    }
    context.remember(&id, &group);
    context.begin(Group::KIND, &id, "creating", context.draw(timing::create(TIMING)));
    let shown = group.shown(&id, "creating");
    Step::Answer(CreateReplicationGroupOutput::builder().replication_group(shown).build())
}

fn describe(
    context: &mut Context<'_>,
    input: &DescribeReplicationGroupsInput,
) -> Step<DescribeReplicationGroupsOutput> {
    let mut groups = context.all::<Group>();
    if let Some(id) = input.replication_group_id() {
        let id = id.to_lowercase();
        groups.retain(|(known, _)| *known == id);
        if groups.is_empty() {
            return Step::Refuse(not_found(&id));
        }
    }
    let shown = (groups.iter()).map(|(id, group)| group.shown(id, &status(context, id))).collect();
    Step::Answer(DescribeReplicationGroupsOutput::builder().set_replication_groups(Some(shown)).build())
}

/// A group that is not available can be neither modified nor deleted.
fn settled(context: &Context<'_>, id: &str) -> Result<Group, Refusal> {
    let group = context.recall::<Group>(id).ok_or_else(|| not_found(id))?;
    let status = status(context, id);
    if status == "available" {
        return Ok(group);
    }
    let message = format!("Replication group {id} has status {status} which is not valid");
    Err(Refusal::new("InvalidReplicationGroupState", message))
}

fn change(group: &mut Group, input: &ModifyReplicationGroupInput) {
    fn set<T: Clone>(field: &mut T, given: Option<T>) {
        if let Some(given) = given {
            *field = given;
        }
    }
    let text = |given: Option<&str>| given.map(str::to_owned);
    set(&mut group.node_type, text(input.cache_node_type()));
    set(&mut group.description, text(input.replication_group_description()));
    set(&mut group.engine, text(input.engine()));
    set(&mut group.engine_version, input.engine_version().map(full_version));
    set(&mut group.failover, input.automatic_failover_enabled());
    set(&mut group.multi_az, input.multi_az_enabled());
    set(&mut group.parameter_group, text(input.cache_parameter_group_name()));
    set(&mut group.snapshot_days, input.snapshot_retention_limit());
    set(&mut group.snapshot_window, text(input.snapshot_window()));
    set(&mut group.maintenance_window, text(input.preferred_maintenance_window()));
    set(&mut group.minor_upgrades, input.auto_minor_version_upgrade());
    set(&mut group.security_groups, input.security_group_ids.clone());
}

fn modify(context: &mut Context<'_>, input: &ModifyReplicationGroupInput) -> Step<ModifyReplicationGroupOutput> {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    let mut group = match settled(context, &id) {
        Ok(group) => group,
        Err(refusal) => return Step::Refuse(refusal),
    };
    change(&mut group, input);
    context.remember(&id, &group);
    let shown = group.shown(&id, "modifying");
    Step::Answer(ModifyReplicationGroupOutput::builder().replication_group(shown).build())
}

fn delete(context: &mut Context<'_>, input: &DeleteReplicationGroupInput) -> Step<DeleteReplicationGroupOutput> {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    let group = match settled(context, &id) {
        Ok(group) => group,
        Err(refusal) => return Step::Refuse(refusal),
    };
    context.vanish(Group::KIND, &id, "deleting", context.draw(timing::delete(TIMING)));
    let shown = group.shown(&id, "deleting");
    Step::Answer(DeleteReplicationGroupOutput::builder().replication_group(shown).build())
}

/// The members are clusters too.
fn describe_members(
    context: &mut Context<'_>,
    input: &DescribeCacheClustersInput,
) -> Step<DescribeCacheClustersOutput> {
    let mut clusters = Vec::new();
    for (id, group) in context.all::<Group>() {
        let status = status(context, &id);
        for (index, member) in group.members(&id).iter().enumerate() {
            if input.cache_cluster_id().is_none_or(|wanted| wanted == member) {
                clusters.push(group.member(&id, member, index, &status));
            }
        }
    }
    if clusters.is_empty() {
        // Clusters outside of a group are winterbaume's.
        return Step::Pass;
    }
    Step::Answer(DescribeCacheClustersOutput::builder().set_cache_clusters(Some(clusters)).build())
}
