//! Shared by the scaling kinds: the scalable targets and scaling policies of ECS services.
use crate::{Cx, OrFail};
use aws_sdk_applicationautoscaling::{
    operation::put_scaling_policy::builders::PutScalingPolicyFluentBuilder as Put,
    types::{PolicyType, ScalableDimension, ScalableTarget, ScalingPolicy, ServiceNamespace},
};
use vidpipe_engine::{Removal, Result};

const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

/// The call that puts a policy, without the policy's configuration.
pub(crate) fn put(cx: &Cx, resource_id: &str, name: &str, kind: PolicyType) -> Put {
    let call = cx.cloud.scaling.put_scaling_policy().service_namespace(ServiceNamespace::Ecs);
    call.resource_id(resource_id).scalable_dimension(DIMENSION).policy_name(name).policy_type(kind)
}

/// The scalable target of this service, `service/<cluster>/<service>`, if its number of tasks scales.
pub(crate) async fn target(cx: &Cx, resource_id: &str) -> Result<Option<ScalableTarget>> {
    let call = cx.cloud.scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_ids(resource_id).scalable_dimension(DIMENSION);
    let found = call.send().await.or_fail("read the scalable target")?;
    Ok(found.scalable_targets.unwrap_or_default().into_iter().next())
}

/// The policy with this name, if it exists.
pub(crate) async fn read(cx: &Cx, resource_id: &str, name: &str) -> Result<Option<ScalingPolicy>> {
    let call = cx.cloud.scaling.describe_scaling_policies().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_id(resource_id).scalable_dimension(DIMENSION).policy_names(name);
    let found = call.send().await.or_fail("read the scaling policy")?;
    Ok(found.scaling_policies.unwrap_or_default().into_iter().find(|p| p.policy_name == name))
}

/// Deletes the policy. AWS deletes its alarms with it.
pub(crate) async fn delete(cx: &Cx, resource_id: &str, name: &str) -> Result<Removal> {
    let call = cx.cloud.scaling.delete_scaling_policy().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_id(resource_id).scalable_dimension(DIMENSION).policy_name(name);
    call.send().await.or_fail("delete the scaling policy")?;
    Ok(Removal::Asked)
}
