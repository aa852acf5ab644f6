//! The states in which a cluster can be changed, stopped, started and deleted, and the backups and snapshots it leaves.

use aws_sdk_rds::operation::delete_db_cluster::{DeleteDbClusterInput, DeleteDbClusterOutput};
use aws_sdk_rds::operation::disable_http_endpoint::{DisableHttpEndpointInput, DisableHttpEndpointOutput};
use aws_sdk_rds::operation::enable_http_endpoint::{EnableHttpEndpointInput, EnableHttpEndpointOutput};
use aws_sdk_rds::operation::modify_db_cluster::{ModifyDbClusterInput, ModifyDbClusterOutput};
use aws_sdk_rds::operation::start_db_cluster::{StartDbClusterInput, StartDbClusterOutput};
use aws_sdk_rds::operation::stop_db_cluster::{StopDbClusterInput, StopDbClusterOutput};

use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::rds::Cluster;
use crate::rds::clusters::{identifier, members};
use crate::rds::laws::creation::combination;
use crate::rds::laws::unless;
use crate::rds::lifecycle::{PROTECTED, cluster_protection, cluster_status, status};
use crate::typed::{Step, before};

const DELETE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html";
const MODIFY: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html";
const HTTP: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_EnableHttpEndpoint.html";
const STOP: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html";
const BACKUPS: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html";
const LOGS: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.CloudWatch.html";

type Gone = Step<DeleteDbClusterOutput>;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented("rds/cluster-protected", "a protected cluster cannot be deleted", DELETE, before(protected)),
        Law::reported(
            "rds/cluster-protected-for-a-while",
            "deletion may be refused for a while after protection was turned off",
            "hashicorp/terraform-provider-aws, internal/service/rds/cluster.go asks again for minutes",
            before(still_protected),
        ),
        Law::documented(
            "rds/cluster-final-snapshot",
            "whoever deletes a cluster names its last snapshot or declines it",
            DELETE,
            before(no_word_of_a_snapshot),
        ),
        Law::reported(
            "rds/cluster-not-running",
            "only a cluster that runs can be deleted; a stopped one is started first",
            "rebuy-de/aws-nuke#967",
            before(not_running),
        ),
        Law::reported(
            "rds/cluster-members",
            "a cluster cannot be deleted before the deletion of all its instances was asked for",
            "getmoto/moto#6998, aws-controllers-k8s/community#1151",
            before(has_members),
        ),
        Law::documented(
            "rds/cluster-changed-while-busy",
            "only a cluster in use can be changed",
            MODIFY,
            before(changed),
        ),
        Law::documented(
            "rds/data-api-while-busy",
            "the Data API is turned on for a cluster in use only",
            HTTP,
            before(enabled),
        ),
        Law::documented("rds/data-api-off-while-busy", "and turned off", HTTP, before(disabled)),
        Law::documented("rds/cluster-stopped-twice", "only a cluster in use can be stopped", STOP, before(stopped)),
        Law::documented("rds/cluster-started-twice", "only a stopped cluster can be started", STOP, before(started)),
        Law::documented_only(
            "rds/cluster-retained-backups",
            "automated backups outlive their cluster when its deletion does not decline them, and expire by themselves",
            Basis::Documented,
            BACKUPS,
        ),
        Law::documented_only(
            "rds/cluster-log-group",
            "a cluster that exports its log makes the log group, also again while an instance runs",
            Basis::Documented,
            LOGS,
        ),
    ]
}

fn state(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidDBClusterStateFault", message)
}

fn there(context: &Context<'_>, id: Option<&str>) -> Option<(String, Cluster)> {
    let id = id.unwrap_or_default();
    Some((id.to_owned(), context.recall::<Cluster>(id)?))
}

fn protected(context: &mut Context<'_>, input: &DeleteDbClusterInput) -> Gone {
    let protected = there(context, input.db_cluster_identifier()).filter(|(_, cluster)| cluster.protected);
    unless(protected.map(|_| refuse_protected()))
}

fn refuse_protected() -> Refusal {
    combination("Cannot delete protected Cluster, please disable deletion protection and try again.")
}

fn still_protected(context: &mut Context<'_>, input: &DeleteDbClusterInput) -> Gone {
    let id = cluster_protection(input.db_cluster_identifier().unwrap_or_default());
    unless(context.is_lagging(PROTECTED, &id).then(refuse_protected))
}

fn no_word_of_a_snapshot(context: &mut Context<'_>, input: &DeleteDbClusterInput) -> Gone {
    let given = input.skip_final_snapshot() == Some(true) || input.final_db_snapshot_identifier().is_some();
    let silent = there(context, input.db_cluster_identifier()).filter(|_| !given);
    unless(silent.map(|_| combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")))
}

fn busy(context: &Context<'_>, id: Option<&str>) -> Option<Refusal> {
    let (id, _) = there(context, id)?;
    let status = cluster_status(context, &id);
    (status != "available").then(|| state(format!("DbCluster {id} is not in available state; it is {status}.")))
}

fn not_running(context: &mut Context<'_>, input: &DeleteDbClusterInput) -> Gone {
    unless(busy(context, input.db_cluster_identifier()))
}

fn has_members(context: &mut Context<'_>, input: &DeleteDbClusterInput) -> Gone {
    let members = members(context, input.db_cluster_identifier().unwrap_or_default());
    let stays = members.iter().any(|(id, _)| status(context, id) != "deleting");
    unless(stays.then(|| state("Cluster cannot be deleted, it still contains DB instances in non-deleting state.")))
}

fn changed(context: &mut Context<'_>, input: &ModifyDbClusterInput) -> Step<ModifyDbClusterOutput> {
    unless(busy(context, input.db_cluster_identifier()))
}

fn no_endpoint(context: &Context<'_>, arn: Option<&str>) -> Option<Refusal> {
    let busy = busy(context, arn.map(identifier))?;
    Some(Refusal::new("InvalidResourceStateFault", busy.message))
}

fn enabled(context: &mut Context<'_>, input: &EnableHttpEndpointInput) -> Step<EnableHttpEndpointOutput> {
    unless(no_endpoint(context, input.resource_arn()))
}

fn disabled(context: &mut Context<'_>, input: &DisableHttpEndpointInput) -> Step<DisableHttpEndpointOutput> {
    unless(no_endpoint(context, input.resource_arn()))
}

fn stopped(context: &mut Context<'_>, input: &StopDbClusterInput) -> Step<StopDbClusterOutput> {
    unless(busy(context, input.db_cluster_identifier()))
}

fn started(context: &mut Context<'_>, input: &StartDbClusterInput) -> Step<StartDbClusterOutput> {
    let running = there(context, input.db_cluster_identifier()).map(|(id, _)| cluster_status(context, &id));
    unless(
        running
            .filter(|status| status != "stopped")
            .map(|status| state(format!("DbCluster cannot be started: it is {status}, and not stopped."))),
    )
}
