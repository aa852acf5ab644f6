//! CloudWatch: alarms put by callers, and alarms created by policies.

use crate::law::{Basis, Law};

const PUT: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";
const TRACKING: &str =
    "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html";

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        documented("cloudwatch/put-twice", "an alarm that is put again is changed, not made twice", PUT),
        documented("cloudwatch/no-data-yet", "a new alarm has insufficient data", PUT),
        documented(
            "cloudwatch/tracking-alarms",
            "a policy that tracks a target has two alarms, which come and go with it",
            TRACKING,
        ),
        Law::documented_only(
            "cloudwatch/tracking-alarms-stay",
            "such an alarm is there again when it was deleted by hand",
            Basis::Assumed,
            "AWS says not to delete them, and manages them itself",
        ),
    ]
}
