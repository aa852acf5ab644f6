//! Elastic Load Balancing: the load balancer is internal, in private or isolated subnets, and all its targets are
//! healthy.
use crate::{
    check::CheckCx,
    ec2::verify::network,
    ecs::Service,
    elb::{DeregistrationDelay, Listener, LoadBalancer, PrivateLinkRules, TargetGroup},
};
use aws_sdk_elasticloadbalancingv2::types::TargetHealthStateEnum as Health;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability},
};

async fn tags(check: &CheckCx<'_>, name: &str) -> Result<()> {
    let seen = ask!(check, "DescribeTags", check.aws.elb.describe_tags().resource_arns(&check.id.0))?;
    let tags = seen.tag_descriptions().iter().flat_map(|d| d.tags());
    check.tags(name, tags.filter_map(|t| Some((t.key()?, t.value()?))));
    Ok(())
}

pub(crate) async fn deregistration_delay(check: &CheckCx<'_>, _: DeregistrationDelay) -> Result<()> {
    check
        .settled(Availability, "deregistered targets drain as long as specified", "DescribeTargetGroupAttributes")
        .await
}

pub(crate) async fn listener(check: &CheckCx<'_>, want: Listener) -> Result<()> {
    let seen = ask!(check, "DescribeListeners", check.aws.elb.describe_listeners().listener_arns(&check.id.0))?;
    let listener = check.there(seen.listeners().first())?;
    check.is(Availability, "it listens on its port", "Port", listener.port(), want.port);
    let to = listener.default_actions().first().and_then(|a| a.target_group_arn());
    check.is(Availability, "it leads to its targets", "TargetGroupArn", to, want.target_group_arn.as_str());
    tags(check, &want.name).await
}

pub(crate) async fn load_balancer(check: &CheckCx<'_>, want: LoadBalancer) -> Result<()> {
    let call = check.aws.elb.describe_load_balancers().load_balancer_arns(&check.id.0);
    let seen = ask!(check, "DescribeLoadBalancers", call)?;
    let balancer = check.there(seen.load_balancers().first())?;
    let state = balancer.state().and_then(|s| s.code()).map(|c| c.as_str());
    check.is(Availability, "the load balancer is active", "State", state, "active");
    check.is(Access, "the load balancer is internal", "Scheme", balancer.scheme().map(|s| s.as_str()), "internal");
    let subnets = || balancer.availability_zones().iter().filter_map(|z| z.subnet_id());
    check.are(Availability, "it is in every specified subnet", "SubnetId", subnets(), &want.subnet_ids);
    network::inside(check, "it is in closed subnets", subnets())?;
    check.are(
        Access,
        "it is behind its security group",
        "SecurityGroups",
        balancer.security_groups(),
        &want.security_group_ids,
    );
    check.resolves("its name leads to private addresses", balancer.dns_name().unwrap_or_default()).await;
    tags(check, &want.name).await
}

pub(crate) async fn private_link_rules(check: &CheckCx<'_>, _: PrivateLinkRules) -> Result<()> {
    check.settled(Availability, "the API's link is let through", "DescribeLoadBalancers").await
}

pub(crate) async fn target_group(check: &CheckCx<'_>, want: TargetGroup) -> Result<()> {
    let seen =
        ask!(check, "DescribeTargetHealth", check.aws.elb.describe_target_health().target_group_arn(&check.id.0))?;
    let state = |d: &aws_sdk_elasticloadbalancingv2::types::TargetHealthDescription| {
        d.target_health().and_then(|h| h.state()).cloned()
    };
    let states: Vec<Health> = seen.target_health_descriptions().iter().filter_map(state).collect();
    // Draining targets do not count.
    let count = |expected: &[Health]| states.iter().filter(|s| expected.contains(s)).count();
    let (healthy, leaving) = (count(&[Health::Healthy]), count(&[Health::Draining]));
    let used = check
        .all::<Service>("ecs:service")?
        .into_iter()
        .any(|(_, s)| s.desired > 0 && s.load_balancer.is_some_and(|t| t.target_group_arn == check.id.0));
    let add_result = format!("{healthy} of {} targets healthy", states.len() - leaving);
    let good = healthy == states.len() - leaving && (healthy > 0 || !used);
    check.add_result(Availability, "its targets are healthy", if good { Ok(add_result) } else { Err(add_result) });
    tags(check, &want.name).await
}
