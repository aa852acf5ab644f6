//! The operations on replication groups.
//! <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>

use aws_sdk_elasticache::operation::create_replication_group::{
    CreateReplicationGroupInput, CreateReplicationGroupOutput,
};
use aws_sdk_elasticache::operation::create_snapshot::{CreateSnapshotInput, CreateSnapshotOutput};
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
use aws_sdk_elasticache::types::Snapshot;

use super::group::{Group, full_version, is_lower};
use super::subnet_groups::Modifiable;
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces::{self, Interface};
use crate::store::Fact;
use crate::timing::{self, Range};
use crate::typed::{Rule, Step, before};

const TIMING: &str = "elasticache_replication_group_2node_maz";
/// Seconds until nodes are replaced or added; an assumption: about as long as their creation.
pub(super) const BIG_CHANGE: Range = Range::between(180.0, 400.0, 900.0);
/// Seconds for any other change; an assumption.
const SMALL_CHANGE: Range = Range::between(5.0, 30.0, 120.0);
/// Seconds for a snapshot; an assumption.
const SNAPSHOTTING: Range = Range::between(60.0, 300.0, 1200.0);
/// The stage in which a snapshot is taken, and the stage after which a group under deletion shows as `deleted`.
const SNAPSHOT: &str = "elasticache:snapshot";
const ENDING: &str = "elasticache:ending";
/// Seconds for which a deleted group shows as `deleted`; an assumption.
const SHOWN_DELETED: f64 = 5.0;

pub(super) fn rules() -> Vec<Rule> {
    vec![before(create), before(describe), before(modify), before(delete), before(describe_members), before(snapshot)]
}

pub(super) fn not_found(id: &str) -> Refusal {
    let message = format!("ReplicationGroup {id} not found.");
    Refusal::new("ReplicationGroupNotFoundFault", message)
}

/// The status of a group, by its ElastiCache name.
pub(crate) fn status(context: &Context<'_>, id: &str) -> String {
    let failed = || context.recall::<Group>(id).is_some_and(|group| group.failed);
    let settled = || {
        let busy = context.stage(SNAPSHOT, id);
        busy.unwrap_or_else(|| if failed() { "create-failed" } else { "available" }.to_owned())
    };
    match context.stage(Group::KIND, id) {
        Some(stage) if stage == "deleting" && context.stage(ENDING, id).is_none() => "deleted".to_owned(),
        stage => stage.unwrap_or_else(settled),
    }
}

/// The group is `snapshotting` while a snapshot of it is taken.
fn snapshot(context: &mut Context<'_>, input: &CreateSnapshotInput) -> Step<CreateSnapshotOutput> {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    if context.recall::<Group>(&id).is_none() {
        return Step::Refuse(not_found(&id));
    }
    let seconds = context.draw(SNAPSHOTTING);
    context.begin(SNAPSHOT, &id, "snapshotting", seconds);
    let taken = Snapshot::builder().set_snapshot_name(input.snapshot_name.clone()).replication_group_id(&id);
    Step::Answer(CreateSnapshotOutput::builder().snapshot(taken.snapshot_status("creating").build()).build())
}

fn owner(id: &str) -> String {
    format!("{} {id}", Group::KIND)
}

/// Adds an interface for each node that has none yet, cycling through the subnets of the group.
pub(super) fn add_interfaces(context: &mut Context<'_>, id: &str, group: &Group) {
    let places = group.subnet_group.as_deref().and_then(|name| context.recall::<Modifiable>(name));
    let subnets = places.map(|places| places.subnets).unwrap_or_default();
    let known = interfaces::all(context);
    for (node, subnet) in group.members(id).into_iter().zip(subnets.iter().cycle()) {
        let description = format!("ElastiCache {node}");
        if known.iter().any(|(_, interface)| interface.owner == owner(id) && interface.description == description) {
            continue;
        }
        let interface = Interface {
            owner: owner(id),
            subnet: subnet.clone(),
            groups: group.security_groups.clone(),
            description,
            kind: "interface".to_owned(),
            public: false,
        };
        interfaces::add(context, &interface);
    }
}

fn create(context: &mut Context<'_>, input: &CreateReplicationGroupInput) -> Step<CreateReplicationGroupOutput> {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    let arn = context.arn("elasticache", &format!("replicationgroup:{id}"));
    let mut group = Group::asked(input, context.region, arn);
    if group.multi_az && (group.nodes < 2 || !group.failover) {
        let message = "Multi-AZ needs automatic failover and at least one replica.";
        return Step::Refuse(Refusal::new("InvalidParameterCombination", message));
    }
    group.failed = context.goes_wrong(Incident::CacheFails);
    context.remember(&id, &group);
    if !group.failed {
        add_interfaces(context, &id, &group);
    }
    context.begin(Group::KIND, &id, "creating", context.draw(timing::create(TIMING)));
    let described = group.describe(&id, "creating");
    Step::Answer(CreateReplicationGroupOutput::builder().replication_group(described).build())
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
    let described = (groups.iter()).map(|(id, group)| group.describe(id, &status(context, id))).collect();
    Step::Answer(DescribeReplicationGroupsOutput::builder().set_replication_groups(Some(described)).build())
}

/// The refusal for a group in a state that does not allow the operation.
pub(crate) fn unavailable(id: &str, status: &str) -> Refusal {
    let message = format!("Replication group {id} has status {status} which is not valid for the operation.");
    Refusal::new("InvalidReplicationGroupState", message)
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

/// The group as it is, and as the request would change it.
pub(crate) fn changed(context: &Context<'_>, input: &ModifyReplicationGroupInput) -> Option<(Group, Group)> {
    let group = context.recall::<Group>(&input.replication_group_id().unwrap_or_default().to_lowercase())?;
    let mut requested = group.clone();
    change(&mut requested, input);
    Some((group, requested))
}

/// Whether the request has an earlier version than the group.
pub(crate) fn lowers(context: &Context<'_>, input: &ModifyReplicationGroupInput) -> bool {
    changed(context, input).is_some_and(|(has, requested)| is_lower(&requested.engine_version, &has.engine_version))
}

fn modify(context: &mut Context<'_>, input: &ModifyReplicationGroupInput) -> Step<ModifyReplicationGroupOutput> {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    let Some(mut group) = context.recall::<Group>(&id) else {
        return Step::Refuse(not_found(&id));
    };
    let was = (group.node_type.clone(), group.engine_version.clone());
    change(&mut group, input);
    context.remember(&id, &group);
    interfaces::regroup(context, &owner(&id), &group.security_groups);
    let big = was != (group.node_type.clone(), group.engine_version.clone());
    let seconds = context.draw(if big { BIG_CHANGE } else { SMALL_CHANGE });
    context.begin(Group::KIND, &id, "modifying", seconds);
    let described = group.describe(&id, "modifying");
    Step::Answer(ModifyReplicationGroupOutput::builder().replication_group(described).build())
}

fn delete(context: &mut Context<'_>, input: &DeleteReplicationGroupInput) -> Step<DeleteReplicationGroupOutput> {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    let Some(group) = context.recall::<Group>(&id) else {
        return Step::Refuse(not_found(&id));
    };
    let seconds = context.draw(timing::delete(TIMING));
    context.vanish(Group::KIND, &id, "deleting", seconds);
    context.begin(ENDING, &id, "ending", (seconds - SHOWN_DELETED).max(0.0));
    let lingering = context.draw(timing::release(TIMING));
    interfaces::release(context, &owner(&id), seconds + lingering);
    let described = group.describe(&id, "deleting");
    Step::Answer(DeleteReplicationGroupOutput::builder().replication_group(described).build())
}

/// Members are described as clusters too.
fn describe_members(
    context: &mut Context<'_>,
    input: &DescribeCacheClustersInput,
) -> Step<DescribeCacheClustersOutput> {
    let mut clusters = Vec::new();
    for (id, group) in context.all::<Group>() {
        let status = status(context, &id);
        for (index, member) in group.members(&id).iter().enumerate() {
            if input.cache_cluster_id().is_none_or(|requested| requested == member) {
                clusters.push(group.member(&id, member, index, &status));
            }
        }
    }
    if clusters.is_empty() {
        // Clusters outside of a group are kept by winterbaume.
        return Step::Pass;
    }
    Step::Answer(DescribeCacheClustersOutput::builder().set_cache_clusters(Some(clusters)).build())
}
