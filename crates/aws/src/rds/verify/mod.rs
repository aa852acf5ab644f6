//! RDS: the database is encrypted, requires TLS, is backed up, fails over, and is in private or isolated subnets.
use crate::{
    check::CheckCx,
    ec2::verify::network,
    rds::{DbInstance, DbParameterGroup, DbParameters, DbSubnetGroup},
    secrets::verify as secrets,
};
use aws_sdk_rds::types::{DbInstance as Seen, Tag};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

pub(crate) mod aurora;

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

pub(crate) async fn tags(check: &CheckCx<'_>, name: &str, arn: Option<&str>) -> Result<()> {
    let call = check.aws.rds.list_tags_for_resource().resource_name(arn.unwrap_or_default());
    let seen = ask!(check, "ListTagsForResource", call)?;
    check.tags(name, pairs(seen.tag_list()));
    Ok(())
}

pub(crate) async fn instance(check: &CheckCx<'_>, want: DbInstance) -> Result<()> {
    let call = check.aws.rds.describe_db_instances().db_instance_identifier(&want.name);
    let seen = ask!(check, "DescribeDBInstances", call)?;
    let database = check.there(seen.db_instances().first())?;
    let status = database.db_instance_status();
    check.is(Availability, "the database is available", "DBInstanceStatus", status, "available");
    check.is(EncryptionAtRest, "storage is encrypted", "StorageEncrypted", database.storage_encrypted(), true);
    if let Some(key) = &want.kms_key {
        check.is(
            EncryptionAtRest,
            "storage is encrypted with the specified key",
            "KmsKeyId",
            database.kms_key_id(),
            key.as_str(),
        );
    }
    check.is(Availability, "Multi-AZ is as specified", "MultiAZ", database.multi_az(), want.multi_az);
    let days = database.backup_retention_period();
    check.is(Retention, "backups are kept as specified", "BackupRetentionPeriod", days, want.backup_retention_days);
    let protected = database.deletion_protection();
    check.is(
        Retention,
        "deletion protection is as specified",
        "DeletionProtection",
        protected,
        want.deletion_protection,
    );
    reached(check, &want, database)?;
    let host = database.endpoint().and_then(|e| e.address()).unwrap_or_default();
    check.resolves("the database's name leads to private addresses", host).await;
    tags(check, &want.name, database.db_instance_arn()).await?;
    // The secret may be an existing one, which is not a node and has no check of its own.
    secrets::login_in(check, "the secret with its password has its keys", &want.master_secret_arn, &want.username).await
}

/// Checks the network access to the database.
fn reached(check: &CheckCx<'_>, want: &DbInstance, database: &Seen) -> Result<()> {
    check.is(Access, "it is not public", "PubliclyAccessible", database.publicly_accessible(), false);
    let (has, field) = (database.iam_database_authentication_enabled(), "IAMDatabaseAuthenticationEnabled");
    check.is(Access, "IAM authentication is as specified", field, has, want.iam_authentication);
    let groups = database.vpc_security_groups().iter().filter_map(|g| g.vpc_security_group_id());
    check.are(Access, "it is behind its security group", "VpcSecurityGroups", groups, &want.security_group_ids);
    let set = database.db_parameter_groups().iter().filter_map(|g| g.db_parameter_group_name());
    check.are(
        EncryptionInTransit,
        "it uses the parameters that want TLS",
        "DBParameterGroups",
        set,
        [&want.parameter_group],
    );
    let subnets = database.db_subnet_group().map(|g| g.subnets()).unwrap_or_default();
    network::inside(check, "it is in closed subnets", subnets.iter().filter_map(|s| s.subnet_identifier()))
}

pub(crate) async fn parameter_group(check: &CheckCx<'_>, want: DbParameterGroup) -> Result<()> {
    let call = check.aws.rds.describe_db_parameter_groups().db_parameter_group_name(&want.name);
    let seen = ask!(check, "DescribeDBParameterGroups", call)?;
    let group = check.there(seen.db_parameter_groups().first())?;
    tags(check, &want.name, group.db_parameter_group_arn()).await
}

pub(crate) async fn parameters(check: &CheckCx<'_>, _: DbParameters) -> Result<()> {
    check.settled(EncryptionInTransit, "connections without TLS are refused", "DescribeDBParameters").await
}

pub(crate) async fn subnet_group(check: &CheckCx<'_>, want: DbSubnetGroup) -> Result<()> {
    let call = check.aws.rds.describe_db_subnet_groups().db_subnet_group_name(&want.name);
    let seen = ask!(check, "DescribeDBSubnetGroups", call)?;
    let group = check.there(seen.db_subnet_groups().first())?;
    let subnets = || group.subnets().iter().filter_map(|s| s.subnet_identifier());
    check.are(Access, "it has the specified subnets", "Subnets", subnets(), &want.subnet_ids);
    network::inside(check, "its subnets are closed", subnets())?;
    tags(check, &want.name, group.db_subnet_group_arn()).await
}
