//! An instance with a requested change that does not show yet.

use aws_sdk_rds::types::{DbInstance, PendingModifiedValues};

use super::Instance;

impl Instance {
    /// A recent change shows in the pending values, and in the statuses of security and parameter groups; all other
    /// fields keep their old values.
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PendingModifiedValues.html>
    pub(super) fn show_unmoved(&self, before: &Self, described: &mut DbInstance) {
        fn pending<T: PartialEq + Clone>(before: &T, now: &T) -> Option<T> {
            (before != now).then(|| now.clone())
        }
        let pending = PendingModifiedValues::builder()
            .set_db_instance_class(pending(&before.class, &self.class))
            .set_allocated_storage(pending(&before.storage, &self.storage))
            .set_multi_az(pending(&before.multi_az, &self.multi_az))
            .set_backup_retention_period(pending(&before.backup_days, &self.backup_days))
            .set_iam_database_authentication_enabled(pending(&before.iam_auth, &self.iam_auth));
        described.pending_modified_values = Some(pending.build());
        described.db_instance_class = Some(before.class.clone());
        described.allocated_storage = Some(before.storage);
        described.multi_az = Some(before.multi_az);
        described.backup_retention_period = Some(before.backup_days);
        described.iam_database_authentication_enabled = Some(before.iam_auth);
        if before.security_groups != self.security_groups {
            for group in described.vpc_security_groups.iter_mut().flatten() {
                group.status = Some("adding".to_owned());
            }
        }
        if before.parameter_group != self.parameter_group {
            for group in described.db_parameter_groups.iter_mut().flatten() {
                group.parameter_apply_status = Some("applying".to_owned());
            }
        }
    }
}
