//! RDS: the database is encrypted, takes only TLS, is backed up, fails over, and stands in closed subnets.
use super::{look::Look, network, secrets};
use crate::kinds::rds::{DbInstance, DbParameterGroup, DbParameters, DbSubnetGroup};
use aws_sdk_rds::types::{DbInstance as Seen, Tag};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

pub(super) async fn tags(look: &Look<'_>, name: &str, arn: Option<&str>) -> Result<()> {
    let call = look.aws.rds.list_tags_for_resource().resource_name(arn.unwrap_or_default());
    let seen = ask!(look, "ListTagsForResource", call)?;
    look.tags(name, pairs(seen.tag_list()));
    Ok(())
}

pub(super) async fn instance(look: &Look<'_>, want: DbInstance) -> Result<()> {
    let call = look.aws.rds.describe_db_instances().db_instance_identifier(&want.name);
    let seen = ask!(look, "DescribeDBInstances", call)?;
    let database = look.there(seen.db_instances().first())?;
    let status = database.db_instance_status();
    look.is(Availability, "the database is available", "DBInstanceStatus", status, "available");
    look.is(EncryptionAtRest, "storage is encrypted", "StorageEncrypted", database.storage_encrypted(), true);
    if let Some(key) = &want.kms_key {
        look.is(
            EncryptionAtRest,
            "storage is encrypted with the wanted key",
            "KmsKeyId",
            database.kms_key_id(),
            key.as_str(),
        );
    }
    look.is(Availability, "Multi-AZ is as wanted", "MultiAZ", database.multi_az(), want.multi_az);
    let days = database.backup_retention_period();
    look.is(Retention, "backups are kept as wanted", "BackupRetentionPeriod", days, want.backup_retention_days);
    let protected = database.deletion_protection();
    look.is(Retention, "deletion protection is as wanted", "DeletionProtection", protected, want.deletion_protection);
    reached(look, &want, database)?;
    let host = database.endpoint().and_then(|e| e.address()).unwrap_or_default();
    look.resolves("the database's name leads to private addresses", host).await;
    tags(look, &want.name, database.db_instance_arn()).await?;
    // It may be somebody else's, whom no node looks at.
    secrets::login_in(look, "the secret with its password has its keys", &want.master_secret_arn, &want.username).await
}

/// Who may reach it.
fn reached(look: &Look<'_>, want: &DbInstance, database: &Seen) -> Result<()> {
    look.is(Access, "it is not public", "PubliclyAccessible", database.publicly_accessible(), false);
    let (has, field) = (database.iam_database_authentication_enabled(), "IAMDatabaseAuthenticationEnabled");
    look.is(Access, "IAM authentication is as wanted", field, has, want.iam_authentication);
    let groups = database.vpc_security_groups().iter().filter_map(|g| g.vpc_security_group_id());
    look.are(Access, "it is behind its security group", "VpcSecurityGroups", groups, &want.security_group_ids);
    let set = database.db_parameter_groups().iter().filter_map(|g| g.db_parameter_group_name());
    look.are(
        EncryptionInTransit,
        "it uses the parameters that want TLS",
        "DBParameterGroups",
        set,
        [&want.parameter_group],
    );
    let subnets = database.db_subnet_group().map(|g| g.subnets()).unwrap_or_default();
    network::inside(look, "it stands in closed subnets", subnets.iter().filter_map(|s| s.subnet_identifier()))
}

pub(super) async fn parameter_group(look: &Look<'_>, want: DbParameterGroup) -> Result<()> {
    let call = look.aws.rds.describe_db_parameter_groups().db_parameter_group_name(&want.name);
    let seen = ask!(look, "DescribeDBParameterGroups", call)?;
    let group = look.there(seen.db_parameter_groups().first())?;
    tags(look, &want.name, group.db_parameter_group_arn()).await
}

pub(super) async fn parameters(look: &Look<'_>, _: DbParameters) -> Result<()> {
    look.settled(EncryptionInTransit, "connections without TLS are refused", "DescribeDBParameters").await
}

pub(super) async fn subnet_group(look: &Look<'_>, want: DbSubnetGroup) -> Result<()> {
    let call = look.aws.rds.describe_db_subnet_groups().db_subnet_group_name(&want.name);
    let seen = ask!(look, "DescribeDBSubnetGroups", call)?;
    let group = look.there(seen.db_subnet_groups().first())?;
    let subnets = || group.subnets().iter().filter_map(|s| s.subnet_identifier());
    look.are(Access, "it has the wanted subnets", "Subnets", subnets(), &want.subnet_ids);
    network::inside(look, "its subnets are closed", subnets())?;
    tags(look, &want.name, group.db_subnet_group_arn()).await
}
