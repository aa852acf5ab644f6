//! CloudWatch: alarms.

mod laws;
mod model;

use crate::backends::BackendOf;
use crate::budgets::TokenBucket;
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Rules, Service};
use crate::store::Fact;

pub(crate) use model::Tracking;

pub(crate) static CLOUDWATCH: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_cloudwatch::CloudWatchService>("monitoring")),
    laws: laws::laws,
    model: Rules::typed(model::rules),
    creates: &[("PutMetricAlarm", Id::Request(&["alarm_name"]))],
    budget,
    codes: FaultCodes::QUERY,
    unfound: |_| Some(("ResourceNotFound", 404)),
    kept: &[Tracking::KIND],
    ..Service::new("CloudWatch", "cloudwatch")
};

/// The default quotas that Service Quotas lists.
fn budget(operation: &str) -> Vec<TokenBucket> {
    let rate = if operation == "PutMetricAlarm" { 3.0 } else { 9.0 };
    vec![TokenBucket::new(operation, rate, rate)]
}
