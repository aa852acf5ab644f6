//! What RDS says of an instance, read: pure functions of one answer, no calls.
use super::{DbInstance, DbInstanceOutput};
use aws_sdk_rds::types::{DbInstance as Seen, PendingModifiedValues};

/// The first setting that is not, or not yet, as wanted. What an answer leaves out is not held against it.
pub(super) fn differs(wanted: &DbInstance, seen: &Seen) -> Option<&'static str> {
    let pending = seen.pending_modified_values();
    let waits = |is: fn(&PendingModifiedValues) -> bool| pending.is_some_and(is);
    let retention = Some(i32::from(wanted.backup_retention_days));
    let too_small = seen.allocated_storage.is_some_and(|gib| i64::from(gib) < i64::from(wanted.storage_gib));
    let differs = |seen: Option<bool>, wanted: bool| seen.is_some_and(|seen| seen != wanted);
    [
        ("class", waits(|p| p.db_instance_class.is_some()) || seen.db_instance_class() != Some(&wanted.class)),
        ("storage", waits(|p| p.allocated_storage.is_some()) || too_small),
        ("Multi-AZ", waits(|p| p.multi_az.is_some()) || differs(seen.multi_az, wanted.multi_az)),
        (
            "backup retention",
            waits(|p| p.backup_retention_period.is_some())
                || seen.backup_retention_period.is_some() && seen.backup_retention_period != retention,
        ),
        (
            "IAM authentication",
            waits(|p| p.iam_database_authentication_enabled.is_some())
                || differs(seen.iam_database_authentication_enabled, wanted.iam_authentication),
        ),
        ("deletion protection", differs(seen.deletion_protection, wanted.deletion_protection)),
        ("master password", waits(|p| p.master_user_password.is_some())),
    ]
    .into_iter()
    .find_map(|(what, differs)| differs.then_some(what))
}

/// What can be read of it: all of it, once it has an endpoint. While it is created an endpoint may be a promise only.
pub(super) fn output(seen: &Seen) -> Option<DbInstanceOutput> {
    let endpoint = seen.endpoint().filter(|_| seen.db_instance_status() != Some("creating"))?;
    Some(DbInstanceOutput {
        host: endpoint.address.clone().filter(|host| !host.is_empty())?,
        port: endpoint.port?.to_string(),
        resource_id: seen.dbi_resource_id.clone()?,
        arn: seen.db_instance_arn.clone()?,
        identifier: seen.db_instance_identifier.clone()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::wanted, *};

    #[test]
    fn a_setting_that_waits_is_not_there_yet() {
        let pending = PendingModifiedValues::builder();
        let seen = Seen::builder().db_instance_class("db.t3.medium").allocated_storage(110);
        assert_eq!(differs(&wanted(), &seen.clone().build()), None);
        assert_eq!(differs(&wanted(), &seen.clone().multi_az(false).build()), Some("Multi-AZ"));
        let waits = seen.pending_modified_values(pending.allocated_storage(200).build()).build();
        assert_eq!(differs(&wanted(), &waits), Some("storage"));
    }
}
