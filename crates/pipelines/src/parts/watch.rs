//! CloudWatch alarms: the metric, the threshold, and how long it must be breached. An alarm only names what it
//! monitors.
use super::Parts;
use crate::spec::Window;
use std::collections::BTreeMap;
use vidpipe_aws::kinds::cloudwatch::{Alarm, Comparison, Missing, Statistic};

/// An alarm's metric and threshold, without its dimensions.
pub(crate) struct Watch {
    name: String,
    description: String,
    namespace: String,
    metric: String,
    threshold: f64,
    period_s: u32,
    evaluation_periods: u32,
}

impl Watch {
    /// `name` is the alarm's name without the suffix.
    pub(crate) fn new<D>(
        p: &Parts<'_, D>,
        window: &Window,
        name: &str,
        description: &str,
        metric: (&str, &str),
        threshold: f64,
    ) -> Self {
        Self {
            name: p.names.of(name),
            description: description.into(),
            namespace: metric.0.into(),
            metric: metric.1.into(),
            threshold,
            period_s: window.period_seconds,
            evaluation_periods: window.evaluation_periods,
        }
    }

    /// The alarm with those dimensions, which notifies those topics.
    pub(crate) fn alarm<const N: usize>(
        &self,
        of: [(&str, String); N],
        statistic: Statistic,
        comparison: Comparison,
        actions: Vec<String>,
    ) -> Alarm {
        let dimensions: BTreeMap<String, String> = of.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        Alarm {
            name: self.name.clone(),
            description: self.description.clone(),
            namespace: self.namespace.clone(),
            metric: self.metric.clone(),
            dimensions,
            statistic,
            comparison,
            threshold: self.threshold,
            period_s: self.period_s,
            evaluation_periods: self.evaluation_periods,
            missing: Missing::NotBreaching,
            actions,
        }
    }
}
