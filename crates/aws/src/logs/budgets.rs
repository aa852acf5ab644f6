//! The default quotas in Service Quotas.
use crate::budgets::{each_s, is_read};
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    vec![(action, each_s(if is_read(action) { 5.0 } else { 10.0 }))]
}
