//! `[logs]`, `[alarms]` and `[encryption]`: log retention, alarm thresholds and the KMS key.

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

/// CloudWatch alarm thresholds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarms {
    /// RDS CPU above which an alarm is raised, in percent.
    pub database_cpu_percent: u32,
    /// RDS free storage below which an alarm is raised, in GiB.
    pub database_free_storage_gib: u32,
    /// Redis memory in use above which an alarm is raised, in percent.
    pub cache_memory_percent: u32,
    /// CPU of an ECS service above which an alarm is raised, in percent.
    pub service_cpu_percent: u32,
    /// 5XX responses of the API per period above which an alarm is raised.
    pub api_5xx_count: u32,
    /// The evaluation window.
    #[serde(flatten)]
    pub window: Window,
}

impl Alarms {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self {
            database_cpu_percent,
            database_free_storage_gib,
            cache_memory_percent,
            service_cpu_percent,
            api_5xx_count,
            window,
        } = self;
        let percent = 1..=100;
        let above = "Raised above this CPU of the database, in percent.";
        v.field("database_cpu_percent", above, &percent, database_cpu_percent);
        v.field(
            "database_free_storage_gib",
            "Raised below this free storage of the database, in GiB.",
            &(1..=65536),
            database_free_storage_gib,
        );
        let above = "Raised above this share of Redis memory, in percent.";
        v.field("cache_memory_percent", above, &percent, cache_memory_percent);
        let above = "Raised above this CPU of an ECS service, in percent.";
        v.field("service_cpu_percent", above, &percent, service_cpu_percent);
        let above = "Raised above so many 5XX answers of the API in one period.";
        v.field("api_5xx_count", above, &(0..=1_000_000), api_5xx_count);
        window.visit(v);
    }
}

/// CloudWatch alarm thresholds of StreamFlix.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StreamAlarms {
    /// Throttled writes to the stream per period above which an alarm is raised.
    pub throttled_count: u32,
    /// Age of the oldest unread record above which an alarm is raised, in seconds.
    pub iterator_age_seconds: u32,
    /// Messages in the dead-letter queue above which an alarm is raised.
    pub dead_letters: u32,
    /// Running tasks of the service below which an alarm is raised.
    pub running_tasks: u32,
    /// The evaluation window.
    #[serde(flatten)]
    pub window: Window,
}

impl StreamAlarms {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { throttled_count, iterator_age_seconds, dead_letters, running_tasks, window } = self;
        let above = "Raised above so many throttled writes to the stream in one period.";
        v.field("throttled_count", above, &(0..=1_000_000), throttled_count);
        let above = "Raised above this age of the oldest unread record, in seconds.";
        v.field("iterator_age_seconds", above, &(1..=31_536_000), iterator_age_seconds);
        let above = "Raised above so many messages in the dead-letter queue.";
        v.field("dead_letters", above, &(0..=1_000_000), dead_letters);
        let below = "Raised while fewer tasks of the service run, because they fail; 0 never. Needs \
                     logs.container_insights.";
        v.field("running_tasks", below, &(0..=1000), running_tasks);
        window.visit(v);
    }
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
    fn visit(&mut self, v: &mut impl Visitor) {
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
