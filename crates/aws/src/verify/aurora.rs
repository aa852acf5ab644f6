//! Aurora: the cluster is encrypted, takes only TLS, is backed up, has writer and reader in two zones, and answers.
use super::{look::Look, network, rds};
use crate::kinds::rds::{DbCluster, DbClusterInstance, DbClusterParameterGroup, DbClusterParameters, Migration};
use aws_sdk_rds::types::DbCluster as Seen;
use std::collections::BTreeSet;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

pub(super) async fn cluster(look: &Look<'_>, want: DbCluster) -> Result<()> {
    let call = look.aws.rds.describe_db_clusters().db_cluster_identifier(&want.name);
    let seen = ask!(look, "DescribeDBClusters", call)?;
    let cluster = look.there(seen.db_clusters().first())?;
    look.is(Availability, "the cluster is available", "Status", cluster.status(), "available");
    look.is(EncryptionAtRest, "storage is encrypted", "StorageEncrypted", cluster.storage_encrypted(), true);
    if let Some(key) = &want.kms_key {
        look.is(
            EncryptionAtRest,
            "storage is encrypted with the wanted key",
            "KmsKeyId",
            cluster.kms_key_id(),
            key.as_str(),
        );
    }
    let days = cluster.backup_retention_period();
    look.is(Retention, "backups are kept as wanted", "BackupRetentionPeriod", days, want.backup_retention_days);
    let protected = cluster.deletion_protection();
    look.is(Retention, "deletion protection is as wanted", "DeletionProtection", protected, want.deletion_protection);
    let (has, field) = (cluster.iam_database_authentication_enabled(), "IAMDatabaseAuthenticationEnabled");
    look.is(Access, "IAM authentication is as wanted", field, has, want.iam_authentication);
    let groups = cluster.vpc_security_groups().iter().filter_map(|g| g.vpc_security_group_id());
    look.are(Access, "it is behind its security group", "VpcSecurityGroups", groups, &want.security_group_ids);
    let (has, field) = (cluster.db_subnet_group(), "DBSubnetGroup");
    look.is(Access, "it stands in its subnet group", field, has, want.subnet_group.as_str());
    let (has, field) = (cluster.db_cluster_parameter_group(), "DBClusterParameterGroup");
    look.is(EncryptionInTransit, "it uses the parameters that want TLS", field, has, want.parameter_group.as_str());
    capacity(look, &want, cluster);
    rds::tags(look, &want.name, cluster.db_cluster_arn()).await?;
    let (writer, reader) = (cluster.endpoint().unwrap_or_default(), cluster.reader_endpoint().unwrap_or_default());
    look.resolves("the writer's name leads to private addresses", writer).await;
    look.resolves("the readers' name leads to private addresses", reader).await;
    members(look, cluster).await?;
    data_api(look, &want, cluster).await
}

fn capacity(look: &Look<'_>, want: &DbCluster, cluster: &Seen) {
    let range = cluster.serverless_v2_scaling_configuration();
    let (min, max) = (range.and_then(|r| r.min_capacity()), range.and_then(|r| r.max_capacity()));
    look.is(Availability, "its least capacity is as wanted", "MinCapacity", min, want.min_acu);
    look.is(Availability, "its most capacity is as wanted", "MaxCapacity", max, want.max_acu);
    let secret = cluster.master_user_secret();
    let state = secret.and_then(|s| s.secret_status());
    look.is(Access, "its password is kept by RDS", "MasterUserSecret.SecretStatus", state, "active");
}

/// One writes, the others stand in other zones.
async fn members(look: &Look<'_>, cluster: &Seen) -> Result<()> {
    let writers = cluster.db_cluster_members().iter().filter(|m| m.is_cluster_writer() == Some(true)).count();
    look.is(Availability, "it has one writer", "IsClusterWriter", writers, 1);
    let mut zones = BTreeSet::new();
    for member in cluster.db_cluster_members().iter().filter_map(|m| m.db_instance_identifier()) {
        let call = look.aws.rds.describe_db_instances().db_instance_identifier(member);
        let seen = ask!(look, "DescribeDBInstances", call)?;
        zones.extend(seen.db_instances().iter().filter_map(|i| i.availability_zone().map(str::to_owned)));
    }
    let told = format!("AvailabilityZone = {}", Vec::from_iter(zones.iter().cloned()).join(", "));
    // A cluster of one instance is what the spec may want.
    let alone = cluster.db_cluster_members().len() < 2;
    look.told(
        Availability,
        "its instances are in several zones",
        if alone || zones.len() > 1 { Ok(told) } else { Err(told) },
    );
    Ok(())
}

/// It answers `SELECT 1`, if it is to be asked that way.
/// [ExecuteStatement](https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html)
async fn data_api(look: &Look<'_>, want: &DbCluster, cluster: &Seen) -> Result<()> {
    look.is(Access, "the Data API is as wanted", "HttpEndpointEnabled", cluster.http_endpoint_enabled(), want.data_api);
    let secret = cluster.master_user_secret().and_then(|s| s.secret_arn());
    let (true, Some(arn), Some(secret)) = (want.data_api, cluster.db_cluster_arn(), secret) else { return Ok(()) };
    let call = look.aws.rds_data.execute_statement().resource_arn(arn).secret_arn(secret).database(&want.db_name);
    let answered = ask!(look, "ExecuteStatement", call.sql("SELECT 1"));
    let said = answered.map(|seen| match seen.records().first().and_then(|row| row.first()) {
        Some(aws_sdk_rdsdata::types::Field::LongValue(1)) => Ok("SELECT 1 is 1".to_owned()),
        _ => Err("SELECT 1 is not 1".to_owned()),
    });
    look.told_or_unknown(Availability, "the database answers", said);
    Ok(())
}

pub(super) async fn cluster_instance(look: &Look<'_>, want: DbClusterInstance) -> Result<()> {
    let call = look.aws.rds.describe_db_instances().db_instance_identifier(&want.name);
    let seen = ask!(look, "DescribeDBInstances", call)?;
    let instance = look.there(seen.db_instances().first())?;
    let status = instance.db_instance_status();
    look.is(Availability, "the instance is available", "DBInstanceStatus", status, "available");
    look.is(Access, "it is not public", "PubliclyAccessible", instance.publicly_accessible(), false);
    let (has, field) = (instance.db_cluster_identifier(), "DBClusterIdentifier");
    look.is(Availability, "it is part of its cluster", field, has, want.cluster.as_str());
    if let Some(zone) = &want.zone {
        look.is(Availability, "it is in its zone", "AvailabilityZone", instance.availability_zone(), zone.as_str());
    }
    let subnets = instance.db_subnet_group().map(|g| g.subnets()).unwrap_or_default();
    network::inside(look, "it stands in closed subnets", subnets.iter().filter_map(|s| s.subnet_identifier()))?;
    rds::tags(look, &want.name, instance.db_instance_arn()).await
}

pub(super) async fn cluster_parameter_group(look: &Look<'_>, want: DbClusterParameterGroup) -> Result<()> {
    let call = look.aws.rds.describe_db_cluster_parameter_groups().db_cluster_parameter_group_name(&want.name);
    let seen = ask!(look, "DescribeDBClusterParameterGroups", call)?;
    let group = look.there(seen.db_cluster_parameter_groups().first())?;
    rds::tags(look, &want.name, group.db_cluster_parameter_group_arn()).await
}

pub(super) async fn cluster_parameters(look: &Look<'_>, _: DbClusterParameters) -> Result<()> {
    look.settled(EncryptionInTransit, "connections without TLS are refused", "DescribeDBClusterParameters").await
}

pub(super) async fn migration(look: &Look<'_>, _: Migration) -> Result<()> {
    look.settled(Availability, "the migration is applied", "ExecuteStatement").await
}
