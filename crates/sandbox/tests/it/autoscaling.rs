//! Application Auto Scaling: targets and policies.

use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension, ServiceNamespace,
    TargetTrackingScalingPolicyConfiguration,
};
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code};

const SERVICE: &str = "service/demo/worker";

#[tokio::test]
async fn a_target_is_tracked() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let scaling = client!(aws_sdk_applicationautoscaling, sandbox);
    let before = sandbox.inventory().unwrap();
    let (namespace, dimension) = (ServiceNamespace::Ecs, ScalableDimension::EcsServiceDesiredCount);
    let register = |max: i32| {
        scaling
            .register_scalable_target()
            .service_namespace(namespace.clone())
            .resource_id(SERVICE)
            .scalable_dimension(dimension.clone())
            .min_capacity(2)
            .max_capacity(max)
            .tags("suffix", "demo")
            .send()
    };
    let made = register(10).await.unwrap();
    let arn = made.scalable_target_arn().unwrap().to_owned();
    let cpu = PredefinedMetricSpecification::builder()
        .predefined_metric_type(MetricType::EcsServiceAverageCpuUtilization)
        .build()
        .unwrap();
    let tracking = TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(70.0)
        .predefined_metric_specification(cpu)
        .scale_in_cooldown(60)
        .build()
        .unwrap();
    let put = scaling
        .put_scaling_policy()
        .policy_name("cpu")
        .policy_type(PolicyType::TargetTrackingScaling)
        .service_namespace(namespace.clone())
        .resource_id(SERVICE)
        .scalable_dimension(dimension.clone())
        .target_tracking_scaling_policy_configuration(tracking);
    let put = put.send().await.unwrap();
    assert_eq!(put.alarms().len(), 2);

    let sandbox = kept.again(sandbox, Clock::Instant);
    let scaling = client!(aws_sdk_applicationautoscaling, sandbox);
    let targets =
        || scaling.describe_scalable_targets().service_namespace(namespace.clone()).resource_ids(SERVICE).send();
    let shown = targets().await.unwrap();
    let [target] = shown.scalable_targets() else { panic!("{shown:?}") };
    assert_eq!((target.min_capacity(), target.max_capacity()), (2, 10));
    assert_eq!(target.scalable_target_arn(), Some(arn.as_str()));
    let tags = scaling.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(tags.tags().unwrap()["suffix"], "demo");
    let policies =
        || scaling.describe_scaling_policies().service_namespace(namespace.clone()).resource_id(SERVICE).send();
    let shown = policies().await.unwrap();
    let [policy] = shown.scaling_policies() else { panic!("{shown:?}") };
    let tracking = policy.target_tracking_scaling_policy_configuration().unwrap();
    assert!((tracking.target_value() - 70.0).abs() < f64::EPSILON);
    assert_eq!(policy.alarms().len(), 2);

    let scaling_again = &scaling;
    let forget = || {
        scaling_again
            .delete_scaling_policy()
            .policy_name("cpu")
            .service_namespace(namespace.clone())
            .resource_id(SERVICE)
            .scalable_dimension(dimension.clone())
            .send()
    };
    forget().await.unwrap();
    assert_eq!(code(forget().await), "ObjectNotFoundException");
    assert!(policies().await.unwrap().scaling_policies().is_empty());
    let leave = || {
        scaling_again
            .deregister_scalable_target()
            .service_namespace(namespace.clone())
            .resource_id(SERVICE)
            .scalable_dimension(dimension.clone())
            .send()
    };
    leave().await.unwrap();
    assert_eq!(code(leave().await), "ObjectNotFoundException");
    assert!(targets().await.unwrap().scalable_targets().is_empty());
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}
