//! A service in ECS's own types. It makes no calls.
use super::{Service, Target};
use aws_sdk_ecs::types::{
    AssignPublicIp, AwsVpcConfiguration, DeploymentCircuitBreaker, DeploymentConfiguration, LoadBalancer,
    NetworkConfiguration,
};
use vidpipe_engine::{Class, Error, Result};

/// Where its tasks run.
pub(super) fn network(spec: &Service) -> Result<NetworkConfiguration> {
    let vpc = AwsVpcConfiguration::builder()
        .set_subnets(Some(spec.subnets.clone()))
        .set_security_groups(Some(spec.security_groups.clone()))
        .assign_public_ip(AssignPublicIp::Disabled)
        .build()
        .map_err(|e| Error::new(Class::Invalid, format!("write the ECS service's network: {e}")).caused_by(e))?;
    Ok(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
}

/// Who sends it requests.
pub(super) fn balancer(target: &Target) -> LoadBalancer {
    LoadBalancer::builder()
        .target_group_arn(&target.target_group_arn)
        .container_name(&target.container_name)
        .container_port(i32::from(target.container_port))
        .build()
}

/// ECS takes a grace period only together with a load balancer.
pub(super) fn grace(spec: &Service) -> Option<i32> {
    spec.load_balancer.as_ref().map(|t| i32::from(t.grace_seconds))
}

/// A deployment whose tasks keep failing fails, and stays so: rolled back, it would look like a success.
pub(super) fn deployment() -> DeploymentConfiguration {
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(false).build();
    DeploymentConfiguration::builder().deployment_circuit_breaker(breaker).build()
}

/// Whether they are the same to us; ECS adds fields of its own.
pub(super) fn same_balancers(had: &[LoadBalancer], wanted: &[LoadBalancer]) -> bool {
    let key = |b: &LoadBalancer| {
        (b.target_group_arn().map(str::to_owned), b.container_name().map(str::to_owned), b.container_port())
    };
    had.iter().map(key).eq(wanted.iter().map(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_balancer_is_the_same_by_group_container_and_port() {
        let target = |port| Target {
            target_group_arn: "arn:tg".into(),
            container_name: "api".into(),
            container_port: port,
            grace_seconds: 30,
        };
        let (a, b) = (balancer(&target(80)), balancer(&target(8080)));
        assert!(same_balancers(std::slice::from_ref(&a), std::slice::from_ref(&a)));
        assert!(!same_balancers(std::slice::from_ref(&a), &[b]));
        assert!(!same_balancers(&[a], &[]));
        assert!(same_balancers(&[], &[]));
    }
}
