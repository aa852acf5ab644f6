//! RDS: instances, clusters, their groups, snapshots, and automated backups that outlived what they are of.
use super::{
    Probe,
    look::{Look, Mark, TAGGED, pairs},
    probe,
};
use aws_sdk_rds::types::Tag;
use vidpipe_engine::Result;

/// What is gone shows so for a moment.
const DELETED: &str = "deleted";

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![
        probe("DB instances", instances(look)),
        probe("DB clusters", clusters(look)),
        probe("DB subnet groups", subnet_groups(look)),
        probe("DB parameter groups", parameter_groups(look)),
        probe("DB cluster parameter groups", cluster_parameter_groups(look)),
        probe("automated backups", backups(look)),
        probe("automated backups of clusters", cluster_backups(look)),
        probe("DB cluster snapshots", cluster_snapshots(look)),
    ]
}

fn tags(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    pairs(tags, |t| (t.key(), t.value()))
}

async fn instances(look: &Look<'_>) -> Result<()> {
    for seen in all!(look, "list the DB instances", look.aws.rds.describe_db_instances())? {
        if let Some(mark) = look.ours(tags(seen.tag_list()))
            && seen.db_instance_status() != Some(DELETED)
        {
            let (id, status) = (seen.db_instance_identifier(), seen.db_instance_status().unwrap_or("there"));
            look.left_of(&mark, "instance", id, id, format!("{TAGGED}; it is {status}"));
        }
    }
    Ok(())
}

async fn clusters(look: &Look<'_>) -> Result<()> {
    for seen in all!(look, "list the DB clusters", look.aws.rds.describe_db_clusters())? {
        if let Some(mark) = look.ours(tags(seen.tag_list()))
            && seen.status() != Some(DELETED)
        {
            let (id, status) = (seen.db_cluster_identifier(), seen.status().unwrap_or("there"));
            look.left_of(&mark, "cluster", id, id, format!("{TAGGED}; it is {status}"));
        }
    }
    Ok(())
}

async fn subnet_groups(look: &Look<'_>) -> Result<()> {
    for group in all!(look, "list the DB subnet groups", look.aws.rds.describe_db_subnet_groups())? {
        let name = group.db_subnet_group_name();
        if let Some(mark) = our_tags(look, name, group.db_subnet_group_arn()).await? {
            look.left_of(&mark, "subnet-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn parameter_groups(look: &Look<'_>) -> Result<()> {
    for group in all!(look, "list the DB parameter groups", look.aws.rds.describe_db_parameter_groups())? {
        let name = group.db_parameter_group_name();
        if let Some(mark) = our_tags(look, name, group.db_parameter_group_arn()).await? {
            look.left_of(&mark, "parameter-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn cluster_parameter_groups(look: &Look<'_>) -> Result<()> {
    let call = look.aws.rds.describe_db_cluster_parameter_groups();
    for group in all!(look, "list the DB cluster parameter groups", call)? {
        let name = group.db_cluster_parameter_group_name();
        if let Some(mark) = our_tags(look, name, group.db_cluster_parameter_group_arn()).await? {
            look.left_of(&mark, "cluster-parameter-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn our_tags(look: &Look<'_>, name: Option<&str>, arn: Option<&str>) -> Result<Option<Mark>> {
    let Some(arn) = arn.filter(|_| name.is_some_and(|name| look.may_be(name))) else { return Ok(None) };
    let call = look.aws.rds.list_tags_for_resource().resource_name(arn);
    let seen = look.ask_one("look at the tags of an RDS group", async || call.clone().send().await).await?;
    Ok(seen.and_then(|seen| look.ours(tags(seen.tag_list()))))
}

/// [Retained](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.Retaining.html) ones
/// stay until their retention ends. We ask for their removal with the instance, but a backup plan of AWS Backup may keep them.
async fn backups(look: &Look<'_>) -> Result<()> {
    for instance in look.recorded("rds:instance", "name") {
        let call = look.aws.rds.describe_db_instance_automated_backups().db_instance_identifier(instance);
        let listed = async || items!(call.clone()).all().await;
        for backup in look.ask_one("list the automated backups", listed).await?.unwrap_or_default() {
            let retained = backup.status().is_none_or(|status| status == "retained");
            if retained && backup.db_instance_identifier() == Some(instance) && !look.is_theirs(tags(backup.tag_list()))
            {
                let id = backup.db_instance_automated_backups_arn().or(backup.dbi_resource_id());
                look.left("automated-backup", id, Some(instance), "it outlived its DB instance");
            }
        }
    }
    Ok(())
}

/// The same for [clusters](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html).
async fn cluster_backups(look: &Look<'_>) -> Result<()> {
    for cluster in look.recorded("rds:cluster", "name") {
        let call = look.aws.rds.describe_db_cluster_automated_backups().db_cluster_identifier(cluster);
        let listed = async || items!(call.clone()).all().await;
        for backup in look.ask_one("list the automated backups of a cluster", listed).await?.unwrap_or_default() {
            let retained = backup.status().is_none_or(|status| status == "retained");
            if retained && backup.db_cluster_identifier() == Some(cluster) && !look.is_theirs(tags(backup.tag_list())) {
                let id = backup.db_cluster_automated_backups_arn().or(backup.db_cluster_resource_id());
                look.left("cluster-automated-backup", id, Some(cluster), "it outlived its DB cluster");
            }
        }
    }
    Ok(())
}

/// We ask for none; a snapshot made by hand of a cluster of ours carries our tags, and costs for as long as it is there.
async fn cluster_snapshots(look: &Look<'_>) -> Result<()> {
    for cluster in look.recorded("rds:cluster", "name") {
        let call = look.aws.rds.describe_db_cluster_snapshots().db_cluster_identifier(cluster);
        let listed = async || items!(call.clone()).all().await;
        for snapshot in look.ask_one("list the snapshots of a cluster", listed).await?.unwrap_or_default() {
            if snapshot.db_cluster_identifier() == Some(cluster) && look.is_ours(tags(snapshot.tag_list())) {
                let name = snapshot.db_cluster_snapshot_identifier();
                look.left("cluster-snapshot", snapshot.db_cluster_snapshot_arn().or(name), name, TAGGED);
            }
        }
    }
    Ok(())
}
