//! Evaluates what RDS returns for a cluster: pure functions of one response, no calls.
use super::{DbCluster, DbClusterOutput};
use crate::{
    rds,
    settings::{Has, Settings},
};
use aws_sdk_rds::{
    operation::modify_db_cluster::builders::ModifyDBClusterFluentBuilder as Modify,
    types::{ClusterPendingModifiedValues, DbCluster as Seen},
};

/// Compares every setting that can be changed in place with what AWS returns.
pub(super) fn settings<'a>(spec: &'a DbCluster, seen: &Seen) -> Settings<'a, Modify> {
    let none = ClusterPendingModifiedValues::builder().build();
    let pending = seen.pending_modified_values().unwrap_or(&none);
    Settings::<Modify>::new()
        .has("capacity range", Has::same(capacity(seen), (spec.min_acu, spec.max_acu)), |call| {
            call.serverless_v2_scaling_configuration(spec.capacity())
        })
        .becomes(
            "backup retention",
            (seen.backup_retention_period, pending.backup_retention_period),
            i32::from(spec.backup_retention_days),
            Modify::backup_retention_period,
        )
        .compared("Data API", data_api(spec, seen))
        .becomes(
            "IAM authentication",
            (seen.iam_database_authentication_enabled, pending.iam_database_authentication_enabled),
            spec.iam_authentication,
            Modify::enable_iam_database_authentication,
        )
        .is("deletion protection", seen.deletion_protection, spec.deletion_protection, Modify::deletion_protection)
        .is(
            "parameter group",
            seen.db_cluster_parameter_group().map(str::to_owned),
            spec.parameter_group.clone(),
            Modify::db_cluster_parameter_group_name,
        )
        .has("security groups", rds::memberships(seen.vpc_security_groups(), &spec.security_group_ids), |call| {
            call.set_vpc_security_group_ids(Some(spec.security_group_ids.clone()))
        })
}

/// The Data API, which is turned on and off by separate calls.
pub(super) fn data_api(spec: &DbCluster, seen: &Seen) -> Has {
    Has::same(seen.http_endpoint_enabled, spec.data_api)
}

fn capacity(seen: &Seen) -> Option<(f64, f64)> {
    let range = seen.serverless_v2_scaling_configuration()?;
    range.min_capacity.zip(range.max_capacity)
}

/// The outputs. RDS already returns all of them in the response to the create call.
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
/// read yet. A secret that is being rotated, or cannot be rotated for now, can be read. RDS completes the secret only
/// when the cluster has an instance; before that no login is possible anyway, and the cluster counts as ready.
pub(super) fn lacks_secret(seen: &Seen) -> bool {
    !seen.db_cluster_members().is_empty() && rds::lacks_secret(seen)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::spec, *};
    use aws_sdk_rds::types::{DbClusterMember, MasterUserSecret, ServerlessV2ScalingConfigurationInfo as Range};
    use vidpipe_engine::Observed;

    #[test]
    fn a_setting_that_waits_is_not_there_yet() {
        let read = |seen: Seen| settings(&spec(), &seen).observed(Some(()), "");
        let range = |min: f64| Range::builder().min_capacity(min).max_capacity(1.0).build();
        let seen = Seen::builder().serverless_v2_scaling_configuration(range(0.5));
        assert_eq!(read(seen.clone().build()), Observed::Ready(()));
        let other = seen.clone().serverless_v2_scaling_configuration(range(2.0));
        assert_eq!(read(other.build()), Observed::differs("not as specified: capacity range", Some(())));
        let off = seen.clone().http_endpoint_enabled(false);
        assert_eq!(read(off.build()), Observed::differs("not as specified: Data API", Some(())));
        let pending = ClusterPendingModifiedValues::builder().iam_database_authentication_enabled(true).build();
        let why = "being changed: IAM authentication".to_owned();
        let comes = Observed::Pending { why, known: Some(()) };
        assert_eq!(read(seen.pending_modified_values(pending).build()), comes);
    }

    #[test]
    fn a_secret_that_cannot_be_rotated_can_be_read() {
        let writer = DbClusterMember::builder().db_instance_identifier("aurora-1").build();
        let with = |status: &str| {
            let secret = MasterUserSecret::builder().secret_status(status).build();
            Seen::builder().master_user_secret(secret).db_cluster_members(writer.clone()).build()
        };
        let without = Seen::builder().db_cluster_members(writer.clone()).build();
        assert!(lacks_secret(&without) && lacks_secret(&with("creating")));
        assert!(!lacks_secret(&with("active")) && !lacks_secret(&with("impaired")));
        assert!(!lacks_secret(&Seen::builder().build()), "a cluster without instances is not waited for");
    }
}
