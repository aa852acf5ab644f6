//! Increasing and decreasing the replica count. Winterbaume lacks these operations.
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_IncreaseReplicaCount.html>

use aws_sdk_elasticache::operation::decrease_replica_count::{DecreaseReplicaCountInput, DecreaseReplicaCountOutput};
use aws_sdk_elasticache::operation::increase_replica_count::{IncreaseReplicaCountInput, IncreaseReplicaCountOutput};
use aws_sdk_elasticache::types::ReplicationGroup;

use super::group::Group;
use super::groups::{BIG_CHANGE, add_interfaces, not_found};
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces::{self, Interface};
use crate::store::Fact;
use crate::typed::{Rule, Step, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![before(more), before(fewer)]
}

fn set(context: &mut Context<'_>, id: &str, replicas: i32) -> Result<ReplicationGroup, Refusal> {
    let mut group = context.recall::<Group>(id).ok_or_else(|| not_found(id))?;
    let before = group.members(id);
    group.nodes = replicas + 1;
    context.remember(id, &group);
    add_interfaces(context, id, &group);
    let seconds = context.draw(BIG_CHANGE);
    context.begin(Group::KIND, id, "modifying", seconds);
    let kept = group.members(id);
    for node in before.iter().filter(|node| !kept.contains(node)) {
        for (interface, seen) in interfaces::all(context) {
            if seen.description == format!("ElastiCache {node}") {
                context.vanish(Interface::KIND, &interface, "detaching", seconds);
            }
        }
    }
    Ok(group.describe(id, "modifying"))
}

fn id(given: Option<&str>) -> String {
    given.unwrap_or_default().to_lowercase()
}

fn more(context: &mut Context<'_>, input: &IncreaseReplicaCountInput) -> Step<IncreaseReplicaCountOutput> {
    match set(context, &id(input.replication_group_id()), input.new_replica_count().unwrap_or_default()) {
        Ok(group) => Step::Answer(IncreaseReplicaCountOutput::builder().replication_group(group).build()),
        Err(refusal) => Step::Refuse(refusal),
    }
}

fn fewer(context: &mut Context<'_>, input: &DecreaseReplicaCountInput) -> Step<DecreaseReplicaCountOutput> {
    match set(context, &id(input.replication_group_id()), input.new_replica_count().unwrap_or_default()) {
        Ok(group) => Step::Answer(DecreaseReplicaCountOutput::builder().replication_group(group).build()),
        Err(refusal) => Step::Refuse(refusal),
    }
}
