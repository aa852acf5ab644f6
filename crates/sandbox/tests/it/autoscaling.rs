//! Application Auto Scaling: targets and policies.

use aws_sdk_applicationautoscaling::Client;
use aws_sdk_applicationautoscaling::operation::put_scaling_policy::{PutScalingPolicyError, PutScalingPolicyOutput};
use aws_sdk_applicationautoscaling::operation::register_scalable_target::builders::RegisterScalableTargetFluentBuilder;
use aws_sdk_applicationautoscaling::operation::register_scalable_target::{
    RegisterScalableTargetError, RegisterScalableTargetOutput,
};
use aws_sdk_applicationautoscaling::types::{
    AdjustmentType, CustomizedMetricSpecification, MetricDimension, MetricStatistic, MetricType, PolicyType,
    PredefinedMetricSpecification, ScalableDimension, ScalableTarget, ScalingPolicy, ServiceNamespace, StepAdjustment,
    StepScalingPolicyConfiguration, TargetTrackingScalingPolicyConfiguration,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code, sandbox};
use crate::compute::ground;
use crate::ecs;

const SERVICE: &str = "service/demo/worker";
const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;
const ECS: ServiceNamespace = ServiceNamespace::Ecs;

type Refused<E> = SdkError<E, HttpResponse>;

pub(crate) async fn try_register(
    scaling: &Client,
    min: i32,
    max: i32,
) -> Result<RegisterScalableTargetOutput, Refused<RegisterScalableTargetError>> {
    register_call(scaling, min, max).tags("suffix", "demo").send().await
}

fn register_call(scaling: &Client, min: i32, max: i32) -> RegisterScalableTargetFluentBuilder {
    let call = scaling.register_scalable_target().service_namespace(ECS).resource_id(SERVICE);
    call.scalable_dimension(DIMENSION).min_capacity(min).max_capacity(max)
}

async fn register(scaling: &Client, max: i32) -> String {
    try_register(scaling, 2, max).await.unwrap().scalable_target_arn().unwrap().to_owned()
}

pub(crate) async fn targets(scaling: &Client) -> Vec<ScalableTarget> {
    let call = scaling.describe_scalable_targets().service_namespace(ECS).resource_ids(SERVICE);
    call.send().await.unwrap().scalable_targets().to_vec()
}

async fn track(scaling: &Client, percent: f64) -> Result<PutScalingPolicyOutput, Refused<PutScalingPolicyError>> {
    let cpu = PredefinedMetricSpecification::builder()
        .predefined_metric_type(MetricType::EcsServiceAverageCpuUtilization)
        .build()
        .unwrap();
    let tracking = TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(percent)
        .predefined_metric_specification(cpu)
        .scale_in_cooldown(60)
        .build()
        .unwrap();
    let call = scaling.put_scaling_policy().policy_name("cpu").policy_type(PolicyType::TargetTrackingScaling);
    let call = call.service_namespace(ECS).resource_id(SERVICE).scalable_dimension(DIMENSION);
    call.target_tracking_scaling_policy_configuration(tracking).send().await
}

pub(crate) async fn try_track(scaling: &Client) -> Result<PutScalingPolicyOutput, Refused<PutScalingPolicyError>> {
    track(scaling, 60.0).await
}

async fn track_cpu(scaling: &Client, percent: f64) -> String {
    let made = track(scaling, percent).await.unwrap();
    assert_eq!(made.alarms().len(), 2);
    made.policy_arn().to_owned()
}

pub(crate) async fn policies(scaling: &Client) -> Vec<ScalingPolicy> {
    let call = scaling.describe_scaling_policies().service_namespace(ECS).resource_id(SERVICE);
    call.send().await.unwrap().scaling_policies().to_vec()
}

#[tokio::test]
async fn a_target_is_tracked() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let containers = client!(aws_sdk_ecs, sandbox);
    ecs::cluster(&containers).await;
    let task = ecs::definition(&containers, "image:1").await;
    ecs::service(&containers, &task, &ground(&sandbox).await).await.unwrap();
    let scaling = client!(aws_sdk_applicationautoscaling, sandbox);
    let before = sandbox.inventory().unwrap();
    let arn = register(&scaling, 10).await;
    let tracks = track_cpu(&scaling, 60.0).await;
    let sandbox = kept.again(sandbox, Clock::Instant);
    let scaling = client!(aws_sdk_applicationautoscaling, sandbox);
    assert_eq!(code(try_register(&scaling, 2, 20).await), "ValidationException", "tags are given once");
    let again = register_call(&scaling, 2, 20).send().await.unwrap();
    assert_eq!(again.scalable_target_arn(), Some(arn.as_str()));
    assert_eq!(track_cpu(&scaling, 70.0).await, tracks);
    let response = targets(&scaling).await;
    let [target] = response.as_slice() else { panic!("{response:?}") };
    assert_eq!((target.min_capacity(), target.max_capacity()), (2, 20));
    assert_eq!(target.scalable_target_arn(), Some(arn.as_str()));
    let tags = scaling.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(tags.tags().unwrap()["suffix"], "demo");
    let response = policies(&scaling).await;
    let [policy] = response.as_slice() else { panic!("{response:?}") };
    let tracking = policy.target_tracking_scaling_policy_configuration().unwrap();
    assert!((tracking.target_value() - 70.0).abs() < f64::EPSILON);
    assert_eq!((policy.alarms().len(), policy.policy_arn()), (2, tracks.as_str()));

    let call = || scaling.delete_scaling_policy().policy_name("cpu").service_namespace(ECS).resource_id(SERVICE);
    let forget = || call().scalable_dimension(DIMENSION).send();
    forget().await.unwrap();
    assert_eq!(code(forget().await), "ObjectNotFoundException");
    assert!(policies(&scaling).await.is_empty());
    let call = || scaling.deregister_scalable_target().service_namespace(ECS).resource_id(SERVICE);
    let leave = || call().scalable_dimension(DIMENSION).send();
    leave().await.unwrap();
    assert_eq!(code(leave().await), "ObjectNotFoundException");
    assert!(targets(&scaling).await.is_empty());
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test]
async fn any_metric_is_tracked_with_two_alarms_and_steps_have_none() {
    let sandbox = sandbox();
    let containers = client!(aws_sdk_ecs, sandbox);
    ecs::cluster(&containers).await;
    let task = ecs::definition(&containers, "image:1").await;
    ecs::service(&containers, &task, &ground(&sandbox).await).await.unwrap();
    let scaling = client!(aws_sdk_applicationautoscaling, sandbox);
    register(&scaling, 10).await;
    let dimension = MetricDimension::builder().name("StreamName").value("videos").build().unwrap();
    let metric = CustomizedMetricSpecification::builder().namespace("AWS/Kinesis").metric_name("IncomingRecords");
    let metric = metric.dimensions(dimension).statistic(MetricStatistic::Sum).build();
    let tracking = TargetTrackingScalingPolicyConfiguration::builder().target_value(1000.0);
    let tracking = tracking.customized_metric_specification(metric).build().unwrap();
    let put = |name: &str, kind| {
        let call = scaling.put_scaling_policy().policy_name(name).policy_type(kind).service_namespace(ECS);
        call.resource_id(SERVICE).scalable_dimension(DIMENSION)
    };
    let call = put("records", PolicyType::TargetTrackingScaling);
    let made = call.target_tracking_scaling_policy_configuration(tracking.clone()).send().await.unwrap();
    assert_eq!(made.alarms().len(), 2);
    let step = StepAdjustment::builder().metric_interval_lower_bound(0.0).scaling_adjustment(2).build().unwrap();
    let steps = StepScalingPolicyConfiguration::builder().adjustment_type(AdjustmentType::ChangeInCapacity);
    let steps = steps.cooldown(60).step_adjustments(step).build();
    let call = put("age", PolicyType::StepScaling).step_scaling_policy_configuration(steps.clone());
    assert!(call.send().await.unwrap().alarms().is_empty());

    let response = policies(&scaling).await;
    let of = |name: &str| response.iter().find(|p| p.policy_name() == name).unwrap();
    assert_eq!(of("records").target_tracking_scaling_policy_configuration(), Some(&tracking));
    assert_eq!(of("age").step_scaling_policy_configuration(), Some(&steps));
    let watch = client!(aws_sdk_cloudwatch, sandbox);
    let alarms = watch.describe_alarms().alarm_name_prefix("TargetTracking-service/demo/worker-").send().await.unwrap();
    assert_eq!(alarms.metric_alarms().len(), 2);
    for alarm in alarms.metric_alarms() {
        assert_eq!((alarm.namespace(), alarm.metric_name()), (Some("AWS/Kinesis"), Some("IncomingRecords")));
        assert_eq!(alarm.dimensions()[0].value(), Some("videos"));
        assert_eq!(alarm.alarm_actions(), [made.policy_arn().to_owned()]);
    }
}
