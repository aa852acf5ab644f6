//! Evaluates what RDS returns for an instance: pure functions of one response, no calls.
use super::{DbInstance, DbInstanceOutput};
use crate::{
    rds,
    settings::{Has, Settings},
};
use aws_sdk_rds::{
    operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder as Modify,
    types::{DbInstance as Seen, PendingModifiedValues},
};

/// From this size, gp3 storage of PostgreSQL is striped, and every change of its size must specify IOPS.
const STRIPED_GIB: u32 = 400;
/// The fewest IOPS of striped gp3 storage.
const STRIPED_IOPS: i32 = 12_000;

/// Compares every setting that can be changed in place with what AWS returns.
pub(super) fn settings<'a>(spec: &'a DbInstance, seen: &Seen) -> Settings<'a, Modify> {
    let none = PendingModifiedValues::builder().build();
    let pending = seen.pending_modified_values().unwrap_or(&none);
    let text = |text: Option<&str>| text.map(str::to_owned);
    let iops = iops(seen.iops, spec.storage_gib);
    Settings::new()
        .becomes(
            "class",
            (text(seen.db_instance_class()), text(pending.db_instance_class())),
            spec.class.clone(),
            Modify::db_instance_class,
        )
        .has("storage", storage(spec, seen, pending), move |call| {
            call.allocated_storage(gib(spec.storage_gib)).set_iops(iops)
        })
        .becomes("Multi-AZ", (seen.multi_az, pending.multi_az), spec.multi_az, Modify::multi_az)
        .becomes(
            "backup retention",
            (seen.backup_retention_period, pending.backup_retention_period),
            i32::from(spec.backup_retention_days),
            Modify::backup_retention_period,
        )
        .becomes(
            "IAM authentication",
            (seen.iam_database_authentication_enabled, pending.iam_database_authentication_enabled),
            spec.iam_authentication,
            Modify::enable_iam_database_authentication,
        )
        .is("deletion protection", seen.deletion_protection, spec.deletion_protection, Modify::deletion_protection)
        .is(
            "minor version upgrades",
            seen.auto_minor_version_upgrade,
            spec.auto_minor_version_upgrade,
            Modify::auto_minor_version_upgrade,
        )
        .has("parameter group", parameter_group(spec, seen), |call| call.db_parameter_group_name(&spec.parameter_group))
        .has("security groups", rds::memberships(seen.vpc_security_groups(), &spec.security_group_ids), |call| {
            call.set_vpc_security_group_ids(Some(spec.security_group_ids.clone()))
        })
        .compared("master password", if pending.master_user_password.is_some() { Has::Coming } else { Has::Wanted })
}

/// Storage only grows. It may exceed the spec if it was increased outside vidpipe.
fn storage(spec: &DbInstance, seen: &Seen, pending: &PendingModifiedValues) -> Has {
    let reaches = |seen: Option<i32>| seen.is_some_and(|seen| seen >= gib(spec.storage_gib));
    match seen.allocated_storage {
        Some(_) if reaches(pending.allocated_storage) => Has::Coming,
        seen if seen.is_none() || reaches(seen) => Has::Wanted,
        _ => Has::Other,
    }
}

/// A group that waits for a reboot counts as matching. Whether a parameter needs a reboot is up to the node that sets
/// it.
fn parameter_group(spec: &DbInstance, seen: &Seen) -> Has {
    let groups = seen.db_parameter_groups();
    match groups.iter().find(|g| g.db_parameter_group_name() == Some(&spec.parameter_group)) {
        Some(group) if group.parameter_apply_status() == Some("applying") => Has::Coming,
        None if !groups.is_empty() => Has::Other,
        _ => Has::Wanted,
    }
}

/// The IOPS to specify when storage grows to `gib`.
fn iops(seen: Option<i32>, gib: u32) -> Option<i32> {
    (gib >= STRIPED_GIB).then(|| seen.unwrap_or_default().max(STRIPED_IOPS))
}

/// Saturates: the API's integers are signed, and AWS rejects larger values anyway.
pub(super) fn gib(gib: u32) -> i32 {
    i32::try_from(gib).unwrap_or(i32::MAX)
}

/// The outputs, once the endpoint is known. While the instance is being created, the endpoint may not be final.
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
    use super::{super::tests::spec, *};
    use aws_sdk_rds::types::{DbParameterGroupStatus, VpcSecurityGroupMembership};
    use vidpipe_engine::Observed;

    fn read(seen: Seen) -> Observed<()> {
        settings(&spec(), &seen).observed(Some(()), "")
    }

    fn differs(what: &str) -> Observed<()> {
        Observed::differs(format!("not as specified: {what}"), Some(()))
    }

    fn comes(what: &str) -> Observed<()> {
        Observed::Pending { why: format!("being changed: {what}"), known: Some(()) }
    }

    #[test]
    fn a_setting_that_waits_is_not_there_yet() {
        let pending = PendingModifiedValues::builder();
        let seen = Seen::builder().db_instance_class("db.t3.medium").allocated_storage(110);
        assert_eq!(read(seen.clone().build()), Observed::Ready(()), "storage that grew by itself is no difference");
        assert_eq!(read(seen.clone().multi_az(false).build()), differs("Multi-AZ"));
        let waits = seen.clone().multi_az(false).pending_modified_values(pending.clone().multi_az(true).build());
        assert_eq!(read(waits.build()), comes("Multi-AZ"));
        let turns_back = seen.pending_modified_values(pending.multi_az(false).build()).build();
        assert_eq!(read(turns_back), differs("Multi-AZ"));
    }

    #[test]
    fn storage_that_is_asked_for_is_not_asked_for_again() {
        let seen = Seen::builder().allocated_storage(50);
        assert_eq!(read(seen.clone().build()), differs("storage"));
        let grows = PendingModifiedValues::builder().allocated_storage(100).build();
        assert_eq!(read(seen.pending_modified_values(grows).build()), comes("storage"));
    }

    #[test]
    fn groups_and_upgrades_count_too() {
        let group = |name: &str, status: &str| {
            let status = DbParameterGroupStatus::builder().db_parameter_group_name(name).parameter_apply_status(status);
            Seen::builder().db_parameter_groups(status.build()).build()
        };
        let name = spec().parameter_group;
        assert_eq!(read(group(&name, "in-sync")), Observed::Ready(()));
        assert_eq!(read(group(&name, "pending-reboot")), Observed::Ready(()));
        assert_eq!(read(group(&name, "applying")), comes("parameter group"));
        assert_eq!(read(group("default.postgres15", "in-sync")), differs("parameter group"));
        let member = VpcSecurityGroupMembership::builder().vpc_security_group_id("sg-of-others").status("active");
        assert_eq!(read(Seen::builder().vpc_security_groups(member.build()).build()), differs("security groups"));
        let upgrades = Seen::builder().auto_minor_version_upgrade(false).build();
        assert_eq!(read(upgrades), differs("minor version upgrades"));
    }

    #[test]
    fn only_striped_storage_names_its_iops() {
        assert_eq!(iops(Some(3000), 200), None);
        assert_eq!(iops(Some(3000), 400), Some(12_000));
        assert_eq!(iops(Some(20_000), 500), Some(20_000));
    }
}
