//! Changes made outside vidpipe between two runs: a refresh reports them, and the next `up` reverts them.
use crate::sound::{Sound, TAGS, troubled};
use aws_sdk_ec2::types::{IpPermission, UserIdGroupPair};
use jiff::Timestamp;
use std::collections::BTreeSet;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Drift, refresh};

impl Sound {
    /// Refreshes the state, records the result, and returns the drift by node.
    async fn refreshed(&self) -> Vec<(String, Drift)> {
        let mut state = self.harness.disk.borrow().clone();
        let drifted = refresh(&self.harness.aws, KINDS, &mut state, Timestamp::UNIX_EPOCH).await.unwrap();
        *self.harness.disk.borrow_mut() = state;
        drifted.into_iter().map(|(node, drift)| (node.0, drift)).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_by_hand_is_named_and_put_back() {
    let s = Sound::new().await;
    let aws = s.aws();
    let database = aws.rds.modify_db_instance().db_instance_identifier(s.id("database")).apply_immediately(true);
    database.multi_az(false).backup_retention_period(1).send().await.unwrap();
    let cache = aws.elasticache.modify_replication_group().replication_group_id(s.id("cache"));
    cache.apply_immediately(true).snapshot_retention_limit(3).send().await.unwrap();
    let logs = aws.logs.put_retention_policy().log_group_name(s.id("video-api-log-group"));
    logs.retention_in_days(1).send().await.unwrap();
    aws.kms.disable_key_rotation().key_id(s.id("kms-key")).send().await.unwrap();
    let reset = aws.rds.reset_db_parameter_group().db_parameter_group_name(s.id("database-parameter-group"));
    reset.reset_all_parameters(true).send().await.unwrap();

    let drifted: BTreeSet<String> = s.refreshed().await.into_iter().map(|(node, _)| node).collect();
    let changed = ["cache", "database", "database-parameters", "kms-key-rotation", "video-api-log-group-retention"];
    assert_eq!(drifted, changed.map(str::to_owned).into());
    let summary = s.harness.up(TAGS).await;
    assert_eq!(summary.changed, changed.len(), "{summary:?}");
    assert_eq!(s.refreshed().await, []);
    let verified = s.verified().await;
    assert_eq!(troubled(&verified), BTreeSet::new(), "{:#?}", verified.troubled().collect::<Vec<_>>());
    s.harness.down().await;
    s.harness.assert_nothing_left("after changes by hand");
}

/// AWS refuses to delete either of two groups while the other's rules reference it.
#[tokio::test(start_paused = true)]
async fn groups_that_somebody_made_name_each_other_are_removed() {
    let s = Sound::new().await;
    let groups = [s.id("database-security-group"), s.id("cache-security-group")];
    for (group, other) in [(&groups[0], &groups[1]), (&groups[1], &groups[0])] {
        let rule = s.aws().ec2.authorize_security_group_ingress().group_id(group);
        let other = UserIdGroupPair::builder().group_id(other).build();
        let ssh = IpPermission::builder().ip_protocol("tcp").from_port(22).to_port(22).user_id_group_pairs(other);
        rule.ip_permissions(ssh.build()).send().await.unwrap();
    }
    s.harness.down().await;
    s.harness.assert_nothing_left("after rules by hand");
}
