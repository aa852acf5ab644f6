//! What the kinds of scaling share: how the limits and the policies of an ECS service are named. It decides nothing.
use crate::{Cx, OrFail};
use aws_sdk_applicationautoscaling::{
    operation::put_scaling_policy::builders::PutScalingPolicyFluentBuilder as Put,
    types::{PolicyType, ScalableDimension, ScalableTarget, ScalingPolicy, ServiceNamespace},
};
use vidpipe_engine::{Removal, Result};

const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

/// The call that puts a policy, still without what it does.
pub(crate) fn put(cx: &Cx, resource_id: &str, name: &str, kind: PolicyType) -> Put {
    let call = cx.cloud.scaling.put_scaling_policy().service_namespace(ServiceNamespace::Ecs);
    call.resource_id(resource_id).scalable_dimension(DIMENSION).policy_name(name).policy_type(kind)
}

/// The limits of that service, `service/<cluster>/<service>`, if its number of tasks scales.
pub(crate) async fn target(cx: &Cx, resource_id: &str) -> Result<Option<ScalableTarget>> {
    let call = cx.cloud.scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_ids(resource_id).scalable_dimension(DIMENSION);
    let found = call.send().await.or_fail("look at the scalable target")?;
    Ok(found.scalable_targets.unwrap_or_default().into_iter().next())
}

/// The policy of that name, if it is there.
pub(crate) async fn look(cx: &Cx, resource_id: &str, name: &str) -> Result<Option<ScalingPolicy>> {
    let call = cx.cloud.scaling.describe_scaling_policies().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_id(resource_id).scalable_dimension(DIMENSION).policy_names(name);
    let found = call.send().await.or_fail("look at the scaling policy")?;
    Ok(found.scaling_policies.unwrap_or_default().into_iter().find(|p| p.policy_name == name))
}

/// Ask for it to go; its alarms go with it.
pub(crate) async fn delete(cx: &Cx, resource_id: &str, name: &str) -> Result<Removal> {
    let call = cx.cloud.scaling.delete_scaling_policy().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_id(resource_id).scalable_dimension(DIMENSION).policy_name(name);
    call.send().await.or_fail("delete the scaling policy")?;
    Ok(Removal::Asked)
}
