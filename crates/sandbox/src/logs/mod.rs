//! CloudWatch Logs: log groups.

mod laws;
mod model;

use crate::backends::BackendOf;
use crate::budgets::TokenBucket;
use crate::log::Id;
use crate::service::{Rules, Service};

pub(crate) use model::{by_service, is_there, request};

pub(crate) static LOGS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_cloudwatchlogs::CloudWatchLogsService>("logs")),
    laws: laws::laws,
    model: Rules::wire(model::rules),
    creates: &[("CreateLogGroup", Id::Request(&["log_group_name"]))],
    budget,
    unfound: |_| Some(("ResourceNotFoundException", 400)),
    ..Service::new("CloudWatch Logs", "logs")
};

/// The default quotas that Service Quotas lists.
fn budget(operation: &str) -> Vec<TokenBucket> {
    let rate = if operation.starts_with("Describe") { 5.0 } else { 10.0 };
    vec![TokenBucket::new(operation, rate, rate)]
}
