//! The states in which a replication group can be changed, tagged and deleted.

use aws_sdk_elasticache::operation::add_tags_to_resource::{AddTagsToResourceInput, AddTagsToResourceOutput};
use aws_sdk_elasticache::operation::decrease_replica_count::{DecreaseReplicaCountInput, DecreaseReplicaCountOutput};
use aws_sdk_elasticache::operation::delete_cache_cluster::{DeleteCacheClusterInput, DeleteCacheClusterOutput};
use aws_sdk_elasticache::operation::delete_replication_group::{
    DeleteReplicationGroupInput, DeleteReplicationGroupOutput,
};
use aws_sdk_elasticache::operation::increase_replica_count::{IncreaseReplicaCountInput, IncreaseReplicaCountOutput};
use aws_sdk_elasticache::operation::list_tags_for_resource::{ListTagsForResourceInput, ListTagsForResourceOutput};
use aws_sdk_elasticache::operation::modify_replication_group::{
    ModifyReplicationGroupInput, ModifyReplicationGroupOutput,
};
use aws_sdk_elasticache::operation::remove_tags_from_resource::{
    RemoveTagsFromResourceInput, RemoveTagsFromResourceOutput,
};

use super::unless;
use crate::context::{Context, Refusal};
use crate::elasticache::{Group, changed, group_of_arn, lowers, status, unavailable};
use crate::law::{Basis, Law};
use crate::typed::{Step, before};

const CREATE: &str =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html";
const DELETE: &str =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteReplicationGroup.html";
const MODIFY: &str =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html";
const MORE: &str = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_IncreaseReplicaCount.html";
const FEWER: &str = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DecreaseReplicaCount.html";
const NOTHING: &str = "hashicorp/terraform-provider-aws#26286, of RDS; ansible/ansible, elasticache_subnet_group.py";
const TAGS: &str = "hashicorp/terraform-provider-aws#41416";

pub(super) fn laws() -> Vec<Law> {
    let reported = |name, says, rule: crate::typed::Rule| Law::reported(name, says, TAGS, rule);
    vec![
        Law::documented(
            "elasticache/deleted-while-busy",
            "only a group that is available, or could not be made, can be deleted",
            DELETE,
            before(deleted),
        ),
        Law::documented(
            "elasticache/changed-while-busy",
            "only a group that is available can be changed",
            MODIFY,
            before(modified),
        ),
        Law::documented(
            "elasticache/version-lowered",
            "a group is never changed to an earlier version than it has, also where AWS raised it",
            MODIFY,
            before(version_lowered),
        ),
        Law::reported(
            "elasticache/nothing-modified",
            "a group is not changed into what it is",
            NOTHING,
            before(nothing_modified),
        ),
        Law::documented(
            "elasticache/more-while-busy",
            "only a group that is available gets more replicas, and more than it has",
            MORE,
            before(more),
        ),
        Law::documented(
            "elasticache/fewer-while-busy",
            "only a group that is available loses replicas, and with failover never its last one",
            FEWER,
            before(fewer),
        ),
        Law::reported(
            "elasticache/member-deleted",
            "a node of a group is not deleted on its own when it is the only replica of a group with failover",
            "rebuy-de/aws-nuke#289 and gruntwork-io/cloud-nuke#333",
            before(member_deleted),
        ),
        reported("elasticache/tags-read-while-busy", "tags are read only while it is available", before(listed)),
        reported("elasticache/tagged-while-busy", "tags are set only while it is available", before(tagged)),
        reported("elasticache/untagged-while-busy", "tags are removed only while it is available", before(untagged)),
        Law::documented_only(
            "elasticache/snapshotting",
            "a group is snapshotting while a snapshot of it is taken, every day",
            Basis::Documented,
            "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html",
        ),
        Law::documented_only(
            "elasticache/shows-deleted",
            "what is gone may show as deleted for a moment",
            Basis::Reported,
            "botocore, ReplicationGroupDeleted in data/elasticache/2015-02-02/waiters-2.json, knows it as a status",
        ),
        Law::documented_only(
            "elasticache/multi-az",
            "Multi-AZ needs automatic failover and a replica",
            Basis::Documented,
            CREATE,
        ),
    ]
}

fn lower(id: Option<&str>) -> String {
    id.unwrap_or_default().to_lowercase()
}

/// The refusal if the group is in none of these states.
fn only_in(context: &Context<'_>, id: &str, states: &[&str]) -> Option<Refusal> {
    context.recall::<Group>(id)?;
    let status = status(context, id);
    (!states.contains(&status.as_str())).then(|| unavailable(id, &status))
}

fn deleted(context: &mut Context<'_>, input: &DeleteReplicationGroupInput) -> Step<DeleteReplicationGroupOutput> {
    unless(only_in(context, &lower(input.replication_group_id()), &["available", "create-failed"]))
}

fn modified(context: &mut Context<'_>, input: &ModifyReplicationGroupInput) -> Step<ModifyReplicationGroupOutput> {
    unless(only_in(context, &lower(input.replication_group_id()), &["available"]))
}

fn version_lowered(
    context: &mut Context<'_>,
    input: &ModifyReplicationGroupInput,
) -> Step<ModifyReplicationGroupOutput> {
    unless(lowers(context, input).then(|| {
        let message = "Unable to modify the engine version: an engine version cannot be downgraded.";
        Refusal::new("InvalidParameterCombination", message)
    }))
}

/// AWS's refusal of a change without effect.
pub(super) fn nothing() -> Refusal {
    Refusal::new("InvalidParameterCombination", "No modifications were requested")
}

fn nothing_modified(
    context: &mut Context<'_>,
    input: &ModifyReplicationGroupInput,
) -> Step<ModifyReplicationGroupOutput> {
    unless(changed(context, input).filter(|(has, requested)| has == requested).map(|_| nothing()))
}

/// AWS's refusal of a replica count that cannot be reached from the current one.
fn wrong_number(message: &str) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

fn more(context: &mut Context<'_>, input: &IncreaseReplicaCountInput) -> Step<IncreaseReplicaCountOutput> {
    let id = lower(input.replication_group_id());
    let has = context.recall::<Group>(&id).map_or(0, |group| group.replicas());
    let grows = input.new_replica_count().is_some_and(|count| count > has);
    let refusal = only_in(context, &id, &["available"]);
    unless(refusal.or_else(|| (!grows).then(|| wrong_number("NewReplicaCount must be more than there are now."))))
}

fn fewer(context: &mut Context<'_>, input: &DecreaseReplicaCountInput) -> Step<DecreaseReplicaCountOutput> {
    let id = lower(input.replication_group_id());
    let group = context.recall::<Group>(&id);
    let has = group.as_ref().map_or(0, Group::replicas);
    let least = i32::from(group.is_some_and(|group| group.fails_over()));
    let shrinks = input.new_replica_count().is_some_and(|count| (least..has).contains(&count));
    let refusal = only_in(context, &id, &["available"]);
    unless(refusal.or_else(|| {
        (!shrinks).then(|| wrong_number("NewReplicaCount must be less than there are now, and 1 with failover."))
    }))
}

fn member_deleted(context: &mut Context<'_>, input: &DeleteCacheClusterInput) -> Step<DeleteCacheClusterOutput> {
    let cluster = lower(input.cache_cluster_id());
    let groups = context.all::<Group>();
    let of = groups.iter().find(|(id, group)| group.members(id).contains(&cluster));
    unless(of.map(|(id, group)| {
        let message = if group.replicas() == 0 {
            "Cannot delete the cache cluster since it is the only member of a replication group. Delete the \
             replication group instead."
                .to_owned()
        } else {
            format!(
                "Cannot delete the cache cluster because it is the only read replica for replication group {id} which \
                 has autofailover enabled or pending."
            )
        };
        Refusal::new("InvalidCacheClusterState", message)
    }))
}

/// AWS's refusal of tag operations on a busy group.
fn untouchable_tags(context: &Context<'_>, arn: Option<&str>) -> Option<Refusal> {
    let (id, _) = group_of_arn(context, arn)?;
    (status(context, &id) != "available").then(|| {
        let message = "Cluster not in available state to perform tagging operations.";
        Refusal::new("InvalidReplicationGroupState", message)
    })
}

fn listed(context: &mut Context<'_>, input: &ListTagsForResourceInput) -> Step<ListTagsForResourceOutput> {
    unless(untouchable_tags(context, input.resource_name()))
}

fn tagged(context: &mut Context<'_>, input: &AddTagsToResourceInput) -> Step<AddTagsToResourceOutput> {
    unless(untouchable_tags(context, input.resource_name()))
}

fn untagged(context: &mut Context<'_>, input: &RemoveTagsFromResourceInput) -> Step<RemoveTagsFromResourceOutput> {
    unless(untouchable_tags(context, input.resource_name()))
}
