//! Automated backups of Aurora clusters: created with the cluster, and deleted or retained when it is deleted.
//! Winterbaume has none. <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html>

use aws_sdk_rds::operation::create_db_cluster::{CreateDbClusterInput, CreateDbClusterOutput};
use aws_sdk_rds::operation::delete_db_cluster_automated_backup::{
    DeleteDbClusterAutomatedBackupInput, DeleteDbClusterAutomatedBackupOutput,
};
use aws_sdk_rds::operation::describe_db_cluster_automated_backups::{
    DescribeDbClusterAutomatedBackupsInput, DescribeDbClusterAutomatedBackupsOutput,
};
use aws_sdk_rds::types::DbClusterAutomatedBackup;
use serde::{Deserialize, Serialize};

use super::Cluster;
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, after, before};

/// The automated backups of one cluster, by its resource id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ClusterBackup {
    cluster: String,
    /// `active` while its cluster exists, `retained` afterwards.
    status: String,
}

impl Fact for ClusterBackup {
    const KIND: &'static str = "rds:cluster-automated-backup";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), before(describe), before(delete)]
}

fn created(context: &mut Context<'_>, input: &CreateDbClusterInput, _: &mut CreateDbClusterOutput) {
    let id = input.db_cluster_identifier().unwrap_or_default();
    if let Some(cluster) = context.recall::<Cluster>(id) {
        let backup = ClusterBackup { cluster: id.to_owned(), status: "active".to_owned() };
        context.remember(&cluster.resource_id, &backup);
    }
}

/// Handles the deletion of a cluster after `seconds`: its backups are deleted with it, or retained for their retention
/// period.
pub(crate) fn cluster_goes(context: &mut Context<'_>, cluster: &Cluster, keeps: bool, seconds: f64) {
    let id = &cluster.resource_id;
    if !keeps {
        context.vanish(ClusterBackup::KIND, id, "deleting", seconds);
        return;
    }
    context.amend::<ClusterBackup>(id, |backup| "retained".clone_into(&mut backup.status));
    let lasting = seconds + f64::from(cluster.backup_days) * 86_400.0;
    // On the instant clock they would be deleted at once, which would hide that they are left behind.
    if context.clock.lasting(lasting).is_some() {
        context.vanish(ClusterBackup::KIND, id, "retained", lasting);
    }
}

fn described(context: &Context<'_>, id: &str, backup: &ClusterBackup) -> DbClusterAutomatedBackup {
    let arn = context.arn("rds", &format!("cluster-auto-backup:{}", id.replace("cluster-", "ab-").to_lowercase()));
    DbClusterAutomatedBackup::builder()
        .db_cluster_resource_id(id)
        .db_cluster_identifier(&backup.cluster)
        .db_cluster_automated_backups_arn(arn)
        .status(&backup.status)
        .engine("aurora-postgresql")
        .build()
}

fn describe(
    context: &mut Context<'_>,
    input: &DescribeDbClusterAutomatedBackupsInput,
) -> Step<DescribeDbClusterAutomatedBackupsOutput> {
    let is_asked = |id: &str, backup: &ClusterBackup| {
        input.db_cluster_resource_id().is_none_or(|asked| asked == id)
            && input.db_cluster_identifier().is_none_or(|asked| asked == backup.cluster)
    };
    let all = context.all::<ClusterBackup>();
    let asked = (all.iter()).filter(|(id, backup)| is_asked(id, backup));
    let backups = asked.map(|(id, backup)| described(context, id, backup)).collect();
    let answer = DescribeDbClusterAutomatedBackupsOutput::builder().set_db_cluster_automated_backups(Some(backups));
    Step::Answer(answer.build())
}

fn delete(
    context: &mut Context<'_>,
    input: &DeleteDbClusterAutomatedBackupInput,
) -> Step<DeleteDbClusterAutomatedBackupOutput> {
    let id = input.db_cluster_resource_id().unwrap_or_default();
    match context.recall::<ClusterBackup>(id) {
        None => {
            let message = format!("Automated backup of {id} not found.");
            Step::Refuse(Refusal::new("DBClusterAutomatedBackupNotFoundFault", message))
        }
        Some(backup) if backup.status == "active" => {
            let message = "The automated backup is associated with an active cluster.";
            Step::Refuse(Refusal::new("InvalidDBClusterAutomatedBackupStateFault", message))
        }
        Some(backup) => {
            let described = described(context, id, &backup);
            context.forget::<ClusterBackup>(id);
            Step::Answer(DeleteDbClusterAutomatedBackupOutput::builder().db_cluster_automated_backup(described).build())
        }
    }
}
