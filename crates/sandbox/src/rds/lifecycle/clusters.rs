//! Aurora clusters: created within a minute, changed in seconds, stopped and started within minutes; deleted with the
//! last of their instances. <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html>

use aws_sdk_rds::operation::create_db_cluster::{CreateDbClusterInput, CreateDbClusterOutput};
use aws_sdk_rds::operation::delete_db_cluster::{DeleteDbClusterInput, DeleteDbClusterOutput};
use aws_sdk_rds::operation::describe_db_clusters::{DescribeDbClustersInput, DescribeDbClustersOutput};
use aws_sdk_rds::operation::disable_http_endpoint::{DisableHttpEndpointInput, DisableHttpEndpointOutput};
use aws_sdk_rds::operation::enable_http_endpoint::{EnableHttpEndpointInput, EnableHttpEndpointOutput};
use aws_sdk_rds::operation::modify_db_cluster::{ModifyDbClusterInput, ModifyDbClusterOutput};
use aws_sdk_rds::operation::start_db_cluster::{StartDbClusterInput, StartDbClusterOutput};
use aws_sdk_rds::operation::stop_db_cluster::{StopDbClusterInput, StopDbClusterOutput};
use aws_sdk_rds::types::DbCluster;

use crate::context::Context;
use crate::cross_service::interfaces;
use crate::rds::clusters::{identifier, members};
use crate::rds::{Cluster, cluster_goes, databases};
use crate::secrets::managed;
use crate::store::Fact;
use crate::timing::{self, Range};
use crate::typed::{Rule, Step, after, before};

/// Seconds for a change; an assumption.
const CHANGE: Range = Range::between(2.0, 10.0, 40.0);
/// Seconds until a cluster is stopped or started; an assumption: minutes.
const TURN: Range = Range::between(120.0, 300.0, 900.0);

pub(super) fn rules() -> Vec<Rule> {
    vec![
        after(created),
        after(describe),
        after(modified),
        after(enabled),
        after(disabled),
        after(stopped),
        after(started),
        before(deleted),
    ]
}

/// The status of a cluster, by its RDS name.
pub(crate) fn status(context: &Context<'_>, id: &str) -> String {
    let settled = || {
        let stopped = context.recall::<Cluster>(id).is_some_and(|cluster| cluster.stopped);
        if stopped { "stopped" } else { "available" }.to_owned()
    };
    context.stage(Cluster::KIND, id).unwrap_or_else(settled)
}

/// The status of a cluster that does not run, which its instances share.
pub(super) fn stop(context: &Context<'_>, id: &str) -> Option<String> {
    Some(status(context, id)).filter(|status| ["stopping", "stopped", "starting"].contains(&status.as_str()))
}

fn begin(context: &mut Context<'_>, id: &str, stage: &str, takes: Range) {
    let seconds = context.draw(takes);
    context.begin(Cluster::KIND, id, stage, seconds);
}

fn created(context: &mut Context<'_>, input: &CreateDbClusterInput, _: &mut CreateDbClusterOutput) {
    let id = input.db_cluster_identifier().unwrap_or_default();
    begin(context, id, "creating", timing::create("rds_aurora_cluster"));
}

fn describe(context: &mut Context<'_>, _: &DescribeDbClustersInput, output: &mut DescribeDbClustersOutput) {
    for cluster in output.db_clusters.iter_mut().flatten() {
        cluster.status = Some(status(context, cluster.db_cluster_identifier().unwrap_or_default()));
    }
}

/// The id of the stage in which a cluster's deletion protection is not off everywhere yet.
pub(crate) fn protection(id: &str) -> String {
    format!("cluster {id}")
}

fn modified(context: &mut Context<'_>, input: &ModifyDbClusterInput, _: &mut ModifyDbClusterOutput) {
    let id = input.db_cluster_identifier().unwrap_or_default();
    if input.deletion_protection() == Some(false) {
        context.lags_up_to(super::PROTECTED, &protection(id), super::STILL_PROTECTED);
    }
    if let Some(groups) = &input.vpc_security_group_ids {
        for (member, _) in members(context, id) {
            interfaces::regroup(context, &super::owner(&member), groups);
        }
    }
    begin(context, id, "modifying", CHANGE);
}

fn enabled(context: &mut Context<'_>, input: &EnableHttpEndpointInput, _: &mut EnableHttpEndpointOutput) {
    begin(context, identifier(input.resource_arn().unwrap_or_default()), "modifying", CHANGE);
}

fn disabled(context: &mut Context<'_>, input: &DisableHttpEndpointInput, _: &mut DisableHttpEndpointOutput) {
    begin(context, identifier(input.resource_arn().unwrap_or_default()), "modifying", CHANGE);
}

fn stopped(context: &mut Context<'_>, input: &StopDbClusterInput, _: &mut StopDbClusterOutput) {
    let id = input.db_cluster_identifier().unwrap_or_default();
    context.amend::<Cluster>(id, |cluster| cluster.stopped = true);
    begin(context, id, "stopping", TURN);
}

fn started(context: &mut Context<'_>, input: &StartDbClusterInput, _: &mut StartDbClusterOutput) {
    let id = input.db_cluster_identifier().unwrap_or_default();
    context.amend::<Cluster>(id, |cluster| cluster.stopped = false);
    begin(context, id, "starting", TURN);
}

/// Its instances are already being deleted; the cluster is not deleted before the last of them.
fn deleted(context: &mut Context<'_>, input: &DeleteDbClusterInput) -> Step<DeleteDbClusterOutput> {
    let id = input.db_cluster_identifier().unwrap_or_default();
    let Some(cluster) = context.recall::<Cluster>(id) else {
        return Step::Pass;
    };
    let last = members(context, id).iter().map(|(_, member)| member.gone_at).fold(0.0, f64::max);
    let seconds = context.draw(timing::delete("rds_aurora_cluster")).max(last - context.age());
    cluster_goes(context, &cluster, input.delete_automated_backups() == Some(false), seconds);
    databases::vanish(context, &cluster.resource_id, seconds);
    if let Some(secret) = &cluster.secret {
        managed::vanish(context, secret, seconds);
    }
    match context.removal(Cluster::KIND, id, "deleting", seconds) {
        None => Step::Pass,
        Some(removal) => {
            let described = DbCluster::builder().db_cluster_identifier(id).status("deleting").build();
            Step::Postpone(removal, DeleteDbClusterOutput::builder().db_cluster(described).build())
        }
    }
}
