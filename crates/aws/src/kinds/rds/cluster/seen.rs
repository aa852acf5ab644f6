//! What RDS says of a cluster, read: pure functions of one answer, no calls.
use super::{DbCluster, DbClusterOutput};
use aws_sdk_rds::types::{ClusterPendingModifiedValues, DbCluster as Seen};
use std::collections::BTreeSet;

/// The first setting that is not, or not yet, as wanted. What an answer leaves out is not held against it.
pub(super) fn differs(wanted: &DbCluster, seen: &Seen) -> Option<&'static str> {
    let pending = seen.pending_modified_values();
    let waits = |is: fn(&ClusterPendingModifiedValues) -> bool| pending.is_some_and(is);
    let flag = |seen: Option<bool>, wanted: bool| seen.is_some_and(|seen| seen != wanted);
    let retention = i32::from(wanted.backup_retention_days);
    let parameters = seen.db_cluster_parameter_group();
    [
        ("capacity range", capacity(seen).is_some_and(|seen| seen != (wanted.min_acu, wanted.max_acu))),
        (
            "backup retention",
            waits(|p| p.backup_retention_period.is_some())
                || seen.backup_retention_period.is_some_and(|days| days != retention),
        ),
        ("Data API", flag(seen.http_endpoint_enabled, wanted.data_api)),
        (
            "IAM authentication",
            waits(|p| p.iam_database_authentication_enabled.is_some())
                || flag(seen.iam_database_authentication_enabled, wanted.iam_authentication),
        ),
        ("deletion protection", flag(seen.deletion_protection, wanted.deletion_protection)),
        ("parameter group", parameters.is_some_and(|group| group != wanted.parameter_group)),
        ("security groups", other_groups(wanted, seen)),
    ]
    .into_iter()
    .find_map(|(what, differs)| differs.then_some(what))
}

fn capacity(seen: &Seen) -> Option<(f64, f64)> {
    let range = seen.serverless_v2_scaling_configuration()?;
    range.min_capacity.zip(range.max_capacity)
}

fn other_groups(wanted: &DbCluster, seen: &Seen) -> bool {
    let wanted: BTreeSet<_> = wanted.security_group_ids.iter().map(String::as_str).collect();
    let seen: BTreeSet<_> = seen.vpc_security_groups().iter().filter_map(|g| g.vpc_security_group_id()).collect();
    !seen.is_empty() && seen != wanted
}

/// What can be read of it: RDS says all of it in its answer to the create call already.
pub(super) fn output(seen: &Seen) -> Option<DbClusterOutput> {
    Some(DbClusterOutput {
        identifier: seen.db_cluster_identifier.clone()?,
        arn: seen.db_cluster_arn.clone()?,
        host: seen.endpoint.clone().filter(|host| !host.is_empty())?,
        reader_host: seen.reader_endpoint.clone().filter(|host| !host.is_empty())?,
        port: seen.port?.to_string(),
        resource_id: seen.db_cluster_resource_id.clone()?,
        secret_arn: seen.master_user_secret()?.secret_arn.clone()?,
    })
}

/// Whether the [secret](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_MasterUserSecret.html) cannot be
/// read yet. One that is rotated, or cannot be rotated for now, can.
pub(super) fn lacks_secret(seen: &Seen) -> bool {
    seen.master_user_secret().and_then(|s| s.secret_status()).is_none_or(|status| status == "creating")
}

#[cfg(test)]
mod tests {
    use super::{super::tests::wanted, *};
    use aws_sdk_rds::types::{MasterUserSecret, ServerlessV2ScalingConfigurationInfo as Range};

    #[test]
    fn a_setting_that_waits_is_not_there_yet() {
        let range = |min: f64| Range::builder().min_capacity(min).max_capacity(1.0).build();
        let seen = Seen::builder().serverless_v2_scaling_configuration(range(0.5));
        assert_eq!(differs(&wanted(), &seen.clone().build()), None);
        let other = seen.clone().serverless_v2_scaling_configuration(range(2.0));
        assert_eq!(differs(&wanted(), &other.build()), Some("capacity range"));
        assert_eq!(differs(&wanted(), &seen.clone().http_endpoint_enabled(false).build()), Some("Data API"));
        let pending = ClusterPendingModifiedValues::builder().iam_database_authentication_enabled(true).build();
        assert_eq!(differs(&wanted(), &seen.pending_modified_values(pending).build()), Some("IAM authentication"));
    }

    #[test]
    fn a_secret_that_cannot_be_rotated_can_be_read() {
        let with = |status: &str| {
            let secret = MasterUserSecret::builder().secret_status(status).build();
            Seen::builder().master_user_secret(secret).build()
        };
        assert!(lacks_secret(&Seen::builder().build()) && lacks_secret(&with("creating")));
        assert!(!lacks_secret(&with("active")) && !lacks_secret(&with("impaired")));
    }
}
