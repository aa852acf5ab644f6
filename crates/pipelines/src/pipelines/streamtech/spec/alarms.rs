//! `[alarms]`: alarm thresholds.

use serde::Serialize;

use crate::spec::Window;
use crate::spec::field::Visitor;

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
