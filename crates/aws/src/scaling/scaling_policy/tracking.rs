//! The tracked metric in Application Auto Scaling's types, and its serialized form. This module makes no calls.
use super::{Metric, ScalingPolicy};
use aws_sdk_applicationautoscaling::types::{
    CustomizedMetricSpecification as Custom, MetricDimension, MetricStatistic, MetricType,
    PredefinedMetricSpecification as Predefined, TargetTrackingScalingPolicyConfiguration as Tracking,
};
use aws_smithy_types::error::operation::BuildError;
use std::collections::BTreeMap;

/// The metric, its target and the cooldowns.
pub(super) fn configuration(policy: &ScalingPolicy) -> Result<Tracking, BuildError> {
    let tracking = match &policy.metric {
        Metric::Cpu { percent } => {
            let cpu = Predefined::builder().predefined_metric_type(MetricType::EcsServiceAverageCpuUtilization);
            Tracking::builder().predefined_metric_specification(cpu.build()?).target_value(*percent)
        }
        Metric::Tracked { namespace, name, dimensions, statistic, target } => {
            let of = dimensions.iter().map(|(name, value)| MetricDimension::builder().name(name).value(value).build());
            let custom = Custom::builder().namespace(namespace).metric_name(name);
            let custom = custom.statistic(MetricStatistic::from(statistic.as_str()));
            let custom = custom.set_dimensions(Some(of.collect::<Result<_, _>>()?));
            Tracking::builder().customized_metric_specification(custom.build()).target_value(*target)
        }
    };
    let tracking = tracking.scale_out_cooldown(policy.scale_out_cooldown_s.into());
    tracking.scale_in_cooldown(policy.scale_in_cooldown_s.into()).build()
}

/// Whether the policy matches the spec. Cooldowns missing from the response count as matching.
pub(super) fn is_as_wanted(policy: &ScalingPolicy, seen: &Tracking) -> bool {
    let custom = seen.customized_metric_specification();
    let target = match &policy.metric {
        Metric::Cpu { percent } => custom.is_none().then_some(*percent),
        Metric::Tracked { target, .. } => custom.is_none_or(|seen| is_metric(&policy.metric, seen)).then_some(*target),
    };
    target == Some(seen.target_value)
        && seen.scale_out_cooldown.is_none_or(|s| s == i32::from(policy.scale_out_cooldown_s))
        && seen.scale_in_cooldown.is_none_or(|s| s == i32::from(policy.scale_in_cooldown_s))
}

fn is_metric(desired: &Metric, seen: &Custom) -> bool {
    let Metric::Tracked { namespace, name, dimensions, statistic, .. } = desired else { return false };
    let of: BTreeMap<_, _> = seen.dimensions().iter().map(|d| (d.name(), d.value())).collect();
    (seen.namespace(), seen.metric_name()) == (Some(namespace.as_str()), Some(name.as_str()))
        && of.into_iter().eq(dimensions.iter().map(|(k, v)| (k.as_str(), v.as_str())))
        && seen.statistic().is_none_or(|has| has.as_str() == statistic)
}

/// Serializes a CPU target as the bare number, as in earlier recorded specs.
pub(super) mod percent {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(percent: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_f64(*percent)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        f64::deserialize(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tracked(name: &str) -> ScalingPolicy {
        ScalingPolicy {
            name: "records".into(),
            resource_id: "service/c/s".into(),
            metric: Metric::Tracked {
                namespace: "AWS/Kinesis".into(),
                name: name.into(),
                dimensions: [("StreamName".to_owned(), "videos".to_owned())].into(),
                statistic: "Sum".into(),
                target: 1000.0,
            },
            scale_out_cooldown_s: 60,
            scale_in_cooldown_s: 300,
        }
    }

    #[test]
    fn a_state_of_before_there_were_other_metrics_is_read_and_written_alike() {
        let old = json!({
            "name": "cpu", "resource_id": "service/c/s", "cpu_target_percent": 70.0,
            "scale_out_cooldown_s": 60, "scale_in_cooldown_s": 300,
        });
        let policy: ScalingPolicy = serde_json::from_value(old.clone()).expect("it reads");
        assert_eq!(policy.metric, Metric::Cpu { percent: 70.0 });
        assert_eq!(serde_json::to_value(&policy).expect("it writes"), old);
    }

    #[test]
    fn a_tracked_metric_is_recorded_whole() {
        let text = serde_json::to_string(&tracked("IncomingRecords")).expect("it writes");
        assert_eq!(serde_json::from_str::<ScalingPolicy>(&text).expect("it reads"), tracked("IncomingRecords"));
    }

    #[test]
    fn another_metric_is_not_as_wanted() {
        let seen = configuration(&tracked("IncomingRecords")).expect("every field is there");
        let custom = seen.customized_metric_specification().expect("it is a metric of its own");
        assert_eq!((custom.namespace(), custom.statistic()), (Some("AWS/Kinesis"), Some(&MetricStatistic::Sum)));
        assert_eq!(custom.dimensions()[0].value(), "videos");
        assert!(is_as_wanted(&tracked("IncomingRecords"), &seen));
        assert!(!is_as_wanted(&tracked("IncomingBytes"), &seen));
        let cpu = ScalingPolicy { metric: Metric::Cpu { percent: 1000.0 }, ..tracked("") };
        assert!(!is_as_wanted(&cpu, &seen));
    }
}
