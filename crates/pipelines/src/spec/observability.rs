//! `[logs]`, `[alarms]` and `[encryption]`: log retention, the window of alarms and the KMS key.

use serde::Serialize;

use super::field::{Any, OneOf, RangeWithHint, Visitor};
use super::rules;

/// CloudWatch Logs and Container Insights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Logs {
    /// Retention of log events, in days.
    pub retention_days: u32,
    /// Whether Container Insights is enabled on the ECS cluster.
    pub container_insights: bool,
}

impl Logs {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { retention_days, container_insights } = self;
        // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
        let days = OneOf(&[
            1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
        ]);
        v.field("retention_days", "Days that log events are kept.", &days, retention_days);
        v.field(
            "container_insights",
            "Collect Container Insights metrics of the ECS cluster.",
            &Any,
            container_insights,
        );
    }
}

/// Visits `[alarms]`, whose settings `body` visits.
pub(crate) fn alarms<V: Visitor>(v: &mut V, body: impl FnOnce(&mut V)) {
    v.section("alarms", "When CloudWatch raises an alarm.", body);
}

/// How long a threshold must be breached before an alarm is raised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Window {
    /// Length of a period in seconds.
    pub period_seconds: u32,
    /// Consecutive breaching periods that raise an alarm.
    pub evaluation_periods: u32,
}

impl Window {
    pub(crate) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { period_seconds, evaluation_periods } = self;
        let period = rules::Minutes;
        v.field("period_seconds", "Length of a period, in seconds.", &period, period_seconds);
        let in_a_row = "Periods in a row that raise an alarm.";
        v.field("evaluation_periods", in_a_row, &(1..=1440), evaluation_periods);
    }
}

/// The pipeline's KMS key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Encryption {
    /// Whether the pipeline has a customer managed KMS key; otherwise AWS managed keys are used.
    pub customer_managed_key: bool,
    /// Whether KMS rotates the key material every year.
    pub key_rotation: bool,
    /// Waiting period in days between scheduling the key's deletion and deleting it.
    pub deletion_window_days: u32,
}

impl Encryption {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { customer_managed_key, key_rotation, deletion_window_days } = self;
        v.field(
            "customer_managed_key",
            "Use a KMS key of the pipeline's own; false means the keys AWS manages.",
            &Any,
            customer_managed_key,
        );
        v.field("key_rotation", "Rotate the key's material every year.", &Any, key_rotation);
        v.field(
            "deletion_window_days",
            "Days KMS waits before a removed key is gone for good.",
            &RangeWithHint { range: 7..=30, hint: "AWS deletes no key in less than 7 days" },
            deletion_window_days,
        );
    }
}
