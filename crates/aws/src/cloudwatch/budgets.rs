//! The default quotas in Service Quotas.
use crate::budgets::each_s;
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    vec![(action, each_s(if action == "PutMetricAlarm" { 3.0 } else { 9.0 }))]
}
