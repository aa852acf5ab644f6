//! Elastic Load Balancing: the load balancer is internal and in closed subnets, and every target of it is healthy.
use super::{look::Look, network};
use crate::kinds::{
    ecs::Service,
    elb::{DeregistrationDelay, Listener, LoadBalancer, PrivateLinkRules, TargetGroup},
};
use aws_sdk_elasticloadbalancingv2::types::TargetHealthStateEnum as Health;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability},
};

async fn tags(look: &Look<'_>, name: &str) -> Result<()> {
    let seen = ask!(look, "DescribeTags", look.aws.elb.describe_tags().resource_arns(&look.id.0))?;
    let tags = seen.tag_descriptions().iter().flat_map(|d| d.tags());
    look.tags(name, tags.filter_map(|t| Some((t.key()?, t.value()?))));
    Ok(())
}

pub(super) async fn deregistration_delay(look: &Look<'_>, _: DeregistrationDelay) -> Result<()> {
    look.settled(Availability, "leaving targets drain as long as wanted", "DescribeTargetGroupAttributes").await
}

pub(super) async fn listener(look: &Look<'_>, want: Listener) -> Result<()> {
    let seen = ask!(look, "DescribeListeners", look.aws.elb.describe_listeners().listener_arns(&look.id.0))?;
    let listener = look.there(seen.listeners().first())?;
    look.is(Availability, "it listens on its port", "Port", listener.port(), want.port);
    let to = listener.default_actions().first().and_then(|a| a.target_group_arn());
    look.is(Availability, "it leads to its targets", "TargetGroupArn", to, want.target_group_arn.as_str());
    tags(look, &want.name).await
}

pub(super) async fn load_balancer(look: &Look<'_>, want: LoadBalancer) -> Result<()> {
    let call = look.aws.elb.describe_load_balancers().load_balancer_arns(&look.id.0);
    let seen = ask!(look, "DescribeLoadBalancers", call)?;
    let balancer = look.there(seen.load_balancers().first())?;
    let state = balancer.state().and_then(|s| s.code()).map(|c| c.as_str());
    look.is(Availability, "the load balancer is active", "State", state, "active");
    look.is(Access, "the load balancer is internal", "Scheme", balancer.scheme().map(|s| s.as_str()), "internal");
    let subnets = || balancer.availability_zones().iter().filter_map(|z| z.subnet_id());
    look.are(Availability, "it stands in every wanted subnet", "SubnetId", subnets(), &want.subnet_ids);
    network::inside(look, "it stands in closed subnets", subnets())?;
    look.are(
        Access,
        "it is behind its security group",
        "SecurityGroups",
        balancer.security_groups(),
        &want.security_group_ids,
    );
    look.resolves("its name leads to private addresses", balancer.dns_name().unwrap_or_default()).await;
    tags(look, &want.name).await
}

pub(super) async fn private_link_rules(look: &Look<'_>, _: PrivateLinkRules) -> Result<()> {
    look.settled(Availability, "the API's link is let through", "DescribeLoadBalancers").await
}

pub(super) async fn target_group(look: &Look<'_>, want: TargetGroup) -> Result<()> {
    let seen = ask!(look, "DescribeTargetHealth", look.aws.elb.describe_target_health().target_group_arn(&look.id.0))?;
    let state = |d: &aws_sdk_elasticloadbalancingv2::types::TargetHealthDescription| {
        d.target_health().and_then(|h| h.state()).cloned()
    };
    let states: Vec<Health> = seen.target_health_descriptions().iter().filter_map(state).collect();
    // Those that leave do not count: they drain.
    let count = |wanted: &[Health]| states.iter().filter(|s| wanted.contains(s)).count();
    let (healthy, leaving) = (count(&[Health::Healthy]), count(&[Health::Draining]));
    let used = look
        .all::<Service>("ecs:service")?
        .into_iter()
        .any(|(_, s)| s.desired > 0 && s.load_balancer.is_some_and(|t| t.target_group_arn == look.id.0));
    let told = format!("{healthy} of {} targets healthy", states.len() - leaving);
    let good = healthy == states.len() - leaving && (healthy > 0 || !used);
    look.told(Availability, "its targets are healthy", if good { Ok(told) } else { Err(told) });
    tags(look, &want.name).await
}
