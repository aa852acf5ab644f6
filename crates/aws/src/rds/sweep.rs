//! RDS: instances, clusters, their groups, snapshots, and automated backups that outlive their database.
use crate::probe::{Mark, Probe, SweepCx, TAGGED, pairs, probe};
use aws_sdk_rds::types::Tag;
use vidpipe_engine::Result;

/// The status of a deleted database, which is still listed for a moment.
const DELETED: &str = "deleted";

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![
        probe("DB instances", instances(cx)),
        probe("DB clusters", clusters(cx)),
        probe("DB subnet groups", subnet_groups(cx)),
        probe("DB parameter groups", parameter_groups(cx)),
        probe("DB cluster parameter groups", cluster_parameter_groups(cx)),
        probe("automated backups", backups(cx)),
        probe("automated backups of clusters", cluster_backups(cx)),
        probe("DB cluster snapshots", cluster_snapshots(cx)),
    ]
}

fn tags(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    pairs(tags, |t| (t.key(), t.value()))
}

async fn instances(cx: &SweepCx<'_>) -> Result<()> {
    for seen in all!(cx, "list the DB instances", cx.aws.rds.describe_db_instances())? {
        if let Some(mark) = cx.ours(tags(seen.tag_list()))
            && seen.db_instance_status() != Some(DELETED)
        {
            let (id, status) = (seen.db_instance_identifier(), seen.db_instance_status().unwrap_or("there"));
            cx.left_of(&mark, "instance", id, id, format!("{TAGGED}; it is {status}"));
        }
    }
    Ok(())
}

async fn clusters(cx: &SweepCx<'_>) -> Result<()> {
    for seen in all!(cx, "list the DB clusters", cx.aws.rds.describe_db_clusters())? {
        if let Some(mark) = cx.ours(tags(seen.tag_list()))
            && seen.status() != Some(DELETED)
        {
            let (id, status) = (seen.db_cluster_identifier(), seen.status().unwrap_or("there"));
            cx.left_of(&mark, "cluster", id, id, format!("{TAGGED}; it is {status}"));
        }
    }
    Ok(())
}

async fn subnet_groups(cx: &SweepCx<'_>) -> Result<()> {
    for group in all!(cx, "list the DB subnet groups", cx.aws.rds.describe_db_subnet_groups())? {
        let name = group.db_subnet_group_name();
        if let Some(mark) = our_tags(cx, name, group.db_subnet_group_arn()).await? {
            cx.left_of(&mark, "subnet-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn parameter_groups(cx: &SweepCx<'_>) -> Result<()> {
    for group in all!(cx, "list the DB parameter groups", cx.aws.rds.describe_db_parameter_groups())? {
        let name = group.db_parameter_group_name();
        if let Some(mark) = our_tags(cx, name, group.db_parameter_group_arn()).await? {
            cx.left_of(&mark, "parameter-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn cluster_parameter_groups(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.rds.describe_db_cluster_parameter_groups();
    for group in all!(cx, "list the DB cluster parameter groups", call)? {
        let name = group.db_cluster_parameter_group_name();
        if let Some(mark) = our_tags(cx, name, group.db_cluster_parameter_group_arn()).await? {
            cx.left_of(&mark, "cluster-parameter-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn our_tags(cx: &SweepCx<'_>, name: Option<&str>, arn: Option<&str>) -> Result<Option<Mark>> {
    let Some(arn) = arn.filter(|_| name.is_some_and(|name| cx.may_be(name))) else { return Ok(None) };
    let call = cx.aws.rds.list_tags_for_resource().resource_name(arn);
    let seen = cx.ask_one("read the tags of an RDS group", async || call.clone().send().await).await?;
    Ok(seen.and_then(|seen| cx.ours(tags(seen.tag_list()))))
}

/// [Retained](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html)
/// backups stay until their retention ends. We request their deletion with the instance, but a backup plan of AWS
/// Backup may keep them.
async fn backups(cx: &SweepCx<'_>) -> Result<()> {
    for instance in cx.recorded("rds:instance", "name") {
        let call = cx.aws.rds.describe_db_instance_automated_backups().db_instance_identifier(instance);
        let listed = async || items!(call.clone()).all().await;
        for backup in cx.ask_one("list the automated backups", listed).await?.unwrap_or_default() {
            let retained = backup.status().is_none_or(|status| status == "retained");
            if retained && backup.db_instance_identifier() == Some(instance) && !cx.is_theirs(tags(backup.tag_list())) {
                let id = backup.db_instance_automated_backups_arn().or(backup.dbi_resource_id());
                cx.left("automated-backup", id, Some(instance), "it outlived its DB instance");
            }
        }
    }
    Ok(())
}

/// The same for [clusters](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html).
async fn cluster_backups(cx: &SweepCx<'_>) -> Result<()> {
    for cluster in cx.recorded("rds:cluster", "name") {
        let call = cx.aws.rds.describe_db_cluster_automated_backups().db_cluster_identifier(cluster);
        let listed = async || items!(call.clone()).all().await;
        for backup in cx.ask_one("list the automated backups of a cluster", listed).await?.unwrap_or_default() {
            let retained = backup.status().is_none_or(|status| status == "retained");
            if retained && backup.db_cluster_identifier() == Some(cluster) && !cx.is_theirs(tags(backup.tag_list())) {
                let id = backup.db_cluster_automated_backups_arn().or(backup.db_cluster_resource_id());
                cx.left("cluster-automated-backup", id, Some(cluster), "it outlived its DB cluster");
            }
        }
    }
    Ok(())
}

/// vidpipe creates none. A manual snapshot of a cluster of ours carries our tags, and costs money for as long as it
/// exists.
async fn cluster_snapshots(cx: &SweepCx<'_>) -> Result<()> {
    for cluster in cx.recorded("rds:cluster", "name") {
        let call = cx.aws.rds.describe_db_cluster_snapshots().db_cluster_identifier(cluster);
        let listed = async || items!(call.clone()).all().await;
        for snapshot in cx.ask_one("list the snapshots of a cluster", listed).await?.unwrap_or_default() {
            if snapshot.db_cluster_identifier() == Some(cluster) && cx.is_ours(tags(snapshot.tag_list())) {
                let name = snapshot.db_cluster_snapshot_identifier();
                cx.left("cluster-snapshot", snapshot.db_cluster_snapshot_arn().or(name), name, TAGGED);
            }
        }
    }
    Ok(())
}
