//! `[alarms]`: alarm thresholds.

use serde::Serialize;

use crate::spec::Window;
use crate::spec::field::Visitor;

/// CloudWatch alarm thresholds.
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
