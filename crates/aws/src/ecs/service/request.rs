//! Converts a service to ECS's types. This module makes no calls.
use super::{Capacity, Service, Target};
use crate::{
    ecs,
    settings::{Has, Settings, same_set},
};
use aws_sdk_ecs::{
    operation::update_service::builders::UpdateServiceFluentBuilder as Update,
    types::{
        AssignPublicIp, CapacityProviderStrategyItem as Share, DeploymentCircuitBreaker, DeploymentConfiguration,
        LoadBalancer, NetworkConfiguration, Service as Seen,
    },
};
use vidpipe_engine::{Class, Error, Result};

/// Compares every setting that can be changed in place with what ECS returns. Fields missing from the response count as
/// matching.
pub(super) fn settings<'a>(spec: &'a Service, seen: &Seen, resizes: bool) -> Result<Settings<'a, Update>> {
    let network = ecs::network(&spec.subnets, &spec.security_groups, spec.public_ip)?;
    let strategy = strategy(&spec.capacity)?.unwrap_or_default();
    let balancers: Vec<_> = spec.load_balancer.iter().map(balancer).collect();
    let is = |same: bool| Has::same(Some(same), true);
    Ok(Settings::new()
        .is(
            "task definition",
            seen.task_definition().map(str::to_owned),
            spec.task_definition_arn.clone(),
            Update::task_definition,
        )
        .has("network", is(same_network(seen.network_configuration(), spec)), |call| {
            call.network_configuration(network)
        })
        // Sending load balancers, even unchanged ones, may replace every task.
        .has("load balancer", is(same_balancers(seen.load_balancers(), &balancers)), |call| {
            call.set_load_balancers(Some(balancers))
        })
        // So may sending a strategy, and ECS changes the provider of tasks only in a new deployment.
        .has("capacity providers", is(same_capacity(seen.capacity_provider_strategy(), &spec.capacity)), |call| {
            call.set_capacity_provider_strategy(Some(strategy)).force_new_deployment(true)
        })
        .has("grace period", grace_has(spec, seen), |call| call.set_health_check_grace_period_seconds(grace(spec)))
        .has("number of tasks", is(!resizes), |call| call.desired_count(i32::from(spec.desired))))
}

fn same_network(seen: Option<&NetworkConfiguration>, spec: &Service) -> bool {
    let Some(seen) = seen.and_then(|n| n.awsvpc_configuration()) else { return true };
    let public = if spec.public_ip { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled };
    same_set(seen.subnets(), &spec.subnets)
        && same_set(seen.security_groups(), &spec.security_groups)
        && seen.assign_public_ip().is_none_or(|has| *has == public)
}

/// Without a load balancer there is no grace period, whatever ECS returns.
fn grace_has(spec: &Service, seen: &Seen) -> Has {
    grace(spec).map_or(Has::Wanted, |seconds| Has::same(seen.health_check_grace_period_seconds(), seconds))
}

/// The capacity provider strategy; `None` if the service uses a launch type instead.
pub(super) fn strategy(capacity: &[Capacity]) -> Result<Option<Vec<Share>>> {
    let share = |c: &Capacity| {
        let share = Share::builder().capacity_provider(&c.provider);
        share.weight(i32::from(c.weight)).base(i32::from(c.base)).build()
    };
    let shares: Result<Vec<Share>, _> = capacity.iter().map(share).collect();
    let shares = shares.map_err(|e| Error::new(Class::Invalid, "write the ECS service's capacity").caused_by(e))?;
    Ok((!shares.is_empty()).then_some(shares))
}

/// Whether the capacity ECS returns matches the spec, in any order.
pub(super) fn same_capacity(had: &[Share], desired: &[Capacity]) -> bool {
    let mut had: Vec<_> = had.iter().map(|s| (s.capacity_provider(), s.weight(), s.base())).collect();
    let desired = desired.iter().map(|c| (c.provider.as_str(), i32::from(c.weight), i32::from(c.base)));
    let mut desired: Vec<_> = desired.collect();
    had.sort_unstable();
    desired.sort_unstable();
    had == desired
}

/// The load balancer of the service.
pub(super) fn balancer(target: &Target) -> LoadBalancer {
    LoadBalancer::builder()
        .target_group_arn(&target.target_group_arn)
        .container_name(&target.container_name)
        .container_port(i32::from(target.container_port))
        .build()
}

/// ECS accepts a grace period only together with a load balancer.
pub(super) fn grace(spec: &Service) -> Option<i32> {
    spec.load_balancer.as_ref().map(|t| i32::from(t.grace_seconds))
}

/// The deployment circuit breaker, without rollback: a rolled back deployment would look successful.
pub(super) fn deployment() -> DeploymentConfiguration {
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(false).build();
    DeploymentConfiguration::builder().deployment_circuit_breaker(breaker).build()
}

/// Whether the fields the spec sets are the same; ECS adds other fields.
pub(super) fn same_balancers(had: &[LoadBalancer], desired: &[LoadBalancer]) -> bool {
    let key = |b: &LoadBalancer| {
        (b.target_group_arn().map(str::to_owned), b.container_name().map(str::to_owned), b.container_port())
    };
    had.iter().map(key).eq(desired.iter().map(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacity_is_the_same_in_any_order_and_none_is_a_launch_type() {
        let of = |provider: &str, weight, base| Capacity { provider: provider.into(), weight, base };
        let (spot, demand) = (of("FARGATE_SPOT", 3, 0), of("FARGATE", 1, 1));
        assert_eq!(strategy(&[]).expect("nothing to write"), None);
        let shares = strategy(&[spot, demand]).expect("every field is there").expect("there are shares");
        assert!(same_capacity(&shares, &[of("FARGATE", 1, 1), of("FARGATE_SPOT", 3, 0)]));
        assert!(!same_capacity(&shares, &[of("FARGATE", 1, 2), of("FARGATE_SPOT", 3, 0)]));
        assert!(!same_capacity(&shares, &[]) && same_capacity(&[], &[]));
    }

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
