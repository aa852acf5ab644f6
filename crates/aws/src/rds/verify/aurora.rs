//! Aurora: the cluster is encrypted, requires TLS, is backed up, has a writer and a reader in two zones, and answers.
use crate::{
    check::CheckCx,
    ec2::verify::network,
    rds::{DbCluster, DbClusterInstance, DbClusterParameterGroup, DbClusterParameters, Migration, verify as rds},
};
use aws_sdk_rds::types::DbCluster as Seen;
use std::collections::BTreeSet;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

pub(crate) async fn cluster(check: &CheckCx<'_>, want: DbCluster) -> Result<()> {
    let call = check.aws.rds.describe_db_clusters().db_cluster_identifier(&want.name);
    let seen = ask!(check, "DescribeDBClusters", call)?;
    let cluster = check.there(seen.db_clusters().first())?;
    check.is(Availability, "the cluster is available", "Status", cluster.status(), "available");
    check.is(EncryptionAtRest, "storage is encrypted", "StorageEncrypted", cluster.storage_encrypted(), true);
    if let Some(key) = &want.kms_key {
        check.is(
            EncryptionAtRest,
            "storage is encrypted with the specified key",
            "KmsKeyId",
            cluster.kms_key_id(),
            key.as_str(),
        );
    }
    let days = cluster.backup_retention_period();
    check.is(Retention, "backups are kept as specified", "BackupRetentionPeriod", days, want.backup_retention_days);
    let protected = cluster.deletion_protection();
    check.is(
        Retention,
        "deletion protection is as specified",
        "DeletionProtection",
        protected,
        want.deletion_protection,
    );
    let (has, field) = (cluster.iam_database_authentication_enabled(), "IAMDatabaseAuthenticationEnabled");
    check.is(Access, "IAM authentication is as specified", field, has, want.iam_authentication);
    let groups = cluster.vpc_security_groups().iter().filter_map(|g| g.vpc_security_group_id());
    check.are(Access, "it is behind its security group", "VpcSecurityGroups", groups, &want.security_group_ids);
    let (has, field) = (cluster.db_subnet_group(), "DBSubnetGroup");
    check.is(Access, "it is in its subnet group", field, has, want.subnet_group.as_str());
    let (has, field) = (cluster.db_cluster_parameter_group(), "DBClusterParameterGroup");
    check.is(EncryptionInTransit, "it uses the parameters that want TLS", field, has, want.parameter_group.as_str());
    capacity(check, &want, cluster);
    rds::tags(check, &want.name, cluster.db_cluster_arn()).await?;
    let (writer, reader) = (cluster.endpoint().unwrap_or_default(), cluster.reader_endpoint().unwrap_or_default());
    check.resolves("the writer's name leads to private addresses", writer).await;
    check.resolves("the readers' name leads to private addresses", reader).await;
    members(check, cluster).await?;
    data_api(check, &want, cluster).await
}

fn capacity(check: &CheckCx<'_>, want: &DbCluster, cluster: &Seen) {
    let range = cluster.serverless_v2_scaling_configuration();
    let (min, max) = (range.and_then(|r| r.min_capacity()), range.and_then(|r| r.max_capacity()));
    check.is(Availability, "its minimum capacity is as specified", "MinCapacity", min, want.min_acu);
    check.is(Availability, "its maximum capacity is as specified", "MaxCapacity", max, want.max_acu);
    let secret = cluster.master_user_secret();
    let state = secret.and_then(|s| s.secret_status());
    check.is(Access, "its password is kept by RDS", "MasterUserSecret.SecretStatus", state, "active");
}

/// Checks that one member writes, and that the members are in several zones.
async fn members(check: &CheckCx<'_>, cluster: &Seen) -> Result<()> {
    let writers = cluster.db_cluster_members().iter().filter(|m| m.is_cluster_writer() == Some(true)).count();
    check.is(Availability, "it has one writer", "IsClusterWriter", writers, 1);
    let mut zones = BTreeSet::new();
    for member in cluster.db_cluster_members().iter().filter_map(|m| m.db_instance_identifier()) {
        let call = check.aws.rds.describe_db_instances().db_instance_identifier(member);
        let seen = ask!(check, "DescribeDBInstances", call)?;
        zones.extend(seen.db_instances().iter().filter_map(|i| i.availability_zone().map(str::to_owned)));
    }
    let add_result = format!("AvailabilityZone = {}", Vec::from_iter(zones.iter().cloned()).join(", "));
    // The spec may ask for a cluster of one instance.
    let alone = cluster.db_cluster_members().len() < 2;
    check.add_result(
        Availability,
        "its instances are in several zones",
        if alone || zones.len() > 1 { Ok(add_result) } else { Err(add_result) },
    );
    Ok(())
}

/// Checks that the database answers `SELECT 1`, if the Data API is desired.
/// [ExecuteStatement](https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html)
async fn data_api(check: &CheckCx<'_>, want: &DbCluster, cluster: &Seen) -> Result<()> {
    check.is(
        Access,
        "the Data API is as specified",
        "HttpEndpointEnabled",
        cluster.http_endpoint_enabled(),
        want.data_api,
    );
    let secret = cluster.master_user_secret().and_then(|s| s.secret_arn());
    let (true, Some(arn), Some(secret)) = (want.data_api, cluster.db_cluster_arn(), secret) else { return Ok(()) };
    let call = check.aws.rds_data.execute_statement().resource_arn(arn).secret_arn(secret).database(&want.db_name);
    let answered = ask!(check, "ExecuteStatement", call.sql("SELECT 1"));
    let result = answered.map(|seen| match seen.records().first().and_then(|row| row.first()) {
        Some(aws_sdk_rdsdata::types::Field::LongValue(1)) => Ok("SELECT 1 is 1".to_owned()),
        _ => Err("SELECT 1 is not 1".to_owned()),
    });
    check.add_result_or_unknown(Availability, "the database answers", result);
    Ok(())
}

pub(crate) async fn cluster_instance(check: &CheckCx<'_>, want: DbClusterInstance) -> Result<()> {
    let call = check.aws.rds.describe_db_instances().db_instance_identifier(&want.name);
    let seen = ask!(check, "DescribeDBInstances", call)?;
    let instance = check.there(seen.db_instances().first())?;
    let status = instance.db_instance_status();
    check.is(Availability, "the instance is available", "DBInstanceStatus", status, "available");
    check.is(Access, "it is not public", "PubliclyAccessible", instance.publicly_accessible(), false);
    let (has, field) = (instance.db_cluster_identifier(), "DBClusterIdentifier");
    check.is(Availability, "it is part of its cluster", field, has, want.cluster.as_str());
    if let Some(zone) = &want.zone {
        check.is(Availability, "it is in its zone", "AvailabilityZone", instance.availability_zone(), zone.as_str());
    }
    let subnets = instance.db_subnet_group().map(|g| g.subnets()).unwrap_or_default();
    network::inside(check, "it is in closed subnets", subnets.iter().filter_map(|s| s.subnet_identifier()))?;
    rds::tags(check, &want.name, instance.db_instance_arn()).await
}

pub(crate) async fn cluster_parameter_group(check: &CheckCx<'_>, want: DbClusterParameterGroup) -> Result<()> {
    let call = check.aws.rds.describe_db_cluster_parameter_groups().db_cluster_parameter_group_name(&want.name);
    let seen = ask!(check, "DescribeDBClusterParameterGroups", call)?;
    let group = check.there(seen.db_cluster_parameter_groups().first())?;
    rds::tags(check, &want.name, group.db_cluster_parameter_group_arn()).await
}

pub(crate) async fn cluster_parameters(check: &CheckCx<'_>, _: DbClusterParameters) -> Result<()> {
    check.settled(EncryptionInTransit, "connections without TLS are refused", "DescribeDBClusterParameters").await
}

pub(crate) async fn migration(check: &CheckCx<'_>, _: Migration) -> Result<()> {
    check.settled(Availability, "the migration is applied", "ExecuteStatement").await
}
