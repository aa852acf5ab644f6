//! Target groups.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::operation::create_target_group::{CreateTargetGroupInput, CreateTargetGroupOutput};
use aws_sdk_elasticloadbalancingv2::operation::delete_target_group::{DeleteTargetGroupInput, DeleteTargetGroupOutput};
use aws_sdk_elasticloadbalancingv2::operation::describe_target_groups::{
    DescribeTargetGroupsInput, DescribeTargetGroupsOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::modify_target_group::{ModifyTargetGroupInput, ModifyTargetGroupOutput};
use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup, TargetGroupIpAddressTypeEnum, TargetTypeEnum,
};
use serde::{Deserialize, Serialize};

use super::listeners::Kept as Listener;
use super::{Pair, asked, step, suffix};
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::typed::{Rule, Step, before};

/// The health check settings of a target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Check {
    protocol: String,
    port: String,
    path: Option<String>,
    interval: i32,
    timeout: i32,
    healthy: i32,
    unhealthy: i32,
    codes: Option<String>,
}

/// A target group, kept by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    name: String,
    pub(crate) protocol: String,
    pub(crate) port: Option<i32>,
    pub(crate) vpc: Option<String>,
    /// The target type: `ip`, `instance`, ...
    pub(crate) targets: String,
    check: Check,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: Vec<Pair>,
}

impl Fact for Group {
    const KIND: &'static str = "elbv2:target-group";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![before(create), before(describe), before(modify), before(delete)]
}

/// AWS's error for an unknown ARN or name.
pub(crate) fn not_found() -> Refusal {
    Refusal::new("TargetGroupNotFound", "One or more target groups not found")
}

impl Group {
    fn asked(input: &CreateTargetGroupInput) -> Self {
        let protocol = input.protocol().map_or("HTTP", ProtocolEnum::as_str);
        let plain = matches!(protocol, "TCP" | "UDP" | "TLS" | "TCP_UDP");
        let check_protocol = input.health_check_protocol().map(ProtocolEnum::as_str);
        let check_protocol = check_protocol.unwrap_or(if plain { "TCP" } else { "HTTP" });
        let by_path = matches!(check_protocol, "HTTP" | "HTTPS");
        let otherwise = if plain { "200-399" } else { "200" };
        let codes = input.matcher().and_then(Matcher::http_code).unwrap_or(otherwise);
        let check = Check {
            protocol: check_protocol.to_owned(),
            port: input.health_check_port().unwrap_or("traffic-port").to_owned(),
            path: by_path.then(|| input.health_check_path().unwrap_or("/").to_owned()),
            interval: input.health_check_interval_seconds().unwrap_or(30),
            timeout: input.health_check_timeout_seconds().unwrap_or(if plain { 10 } else { 5 }),
            healthy: input.healthy_threshold_count().unwrap_or(5),
            unhealthy: input.unhealthy_threshold_count().unwrap_or(2),
            codes: by_path.then(|| codes.to_owned()),
        };
        Self {
            name: input.name().unwrap_or_default().to_owned(),
            protocol: protocol.to_owned(),
            port: input.port(),
            vpc: input.vpc_id().map(str::to_owned),
            targets: input.target_type().map_or("instance", TargetTypeEnum::as_str).to_owned(),
            check,
            attributes: BTreeMap::from([
                ("deregistration_delay.timeout_seconds".into(), "300".into()),
                ("stickiness.enabled".into(), "false".into()),
            ]),
            tags: asked(input.tags()),
        }
    }

    fn describe(&self, arn: &str, listeners: &[(String, Listener)]) -> TargetGroup {
        let users = (listeners.iter())
            .filter(|(_, listener)| listener.targets.iter().any(|target| target == arn))
            .map(|(_, listener)| listener.balancer.clone())
            .collect();
        let matcher = self.check.codes.as_ref().map(|codes| Matcher::builder().http_code(codes).build());
        TargetGroup::builder()
            .target_group_arn(arn)
            .target_group_name(&self.name)
            .protocol(ProtocolEnum::from(self.protocol.as_str()))
            .set_port(self.port)
            .set_vpc_id(self.vpc.clone())
            .target_type(TargetTypeEnum::from(self.targets.as_str()))
            .health_check_enabled(true)
            .health_check_protocol(ProtocolEnum::from(self.check.protocol.as_str()))
            .health_check_port(&self.check.port)
            .set_health_check_path(self.check.path.clone())
            .health_check_interval_seconds(self.check.interval)
            .health_check_timeout_seconds(self.check.timeout)
            .healthy_threshold_count(self.check.healthy)
            .unhealthy_threshold_count(self.check.unhealthy)
            .set_matcher(matcher)
            .ip_address_type(TargetGroupIpAddressTypeEnum::Ipv4)
            .set_load_balancer_arns(Some(users))
            .build()
    }
}

/// AWS refuses a second group of a name, unless its settings are the same: then the answer is the existing group.
fn create(context: &mut Context<'_>, input: &CreateTargetGroupInput) -> Step<CreateTargetGroupOutput> {
    let group = Group::asked(input);
    let listeners = context.all::<Listener>();
    let answer = |described| Step::Answer(CreateTargetGroupOutput::builder().target_groups(described).build());
    let known = context.all::<Group>();
    if let Some((arn, there)) = known.iter().find(|(_, there)| there.name == group.name) {
        let same = (&there.protocol, there.port, &there.vpc, &there.targets, &there.check)
            == (&group.protocol, group.port, &group.vpc, &group.targets, &group.check);
        if same {
            return answer(there.describe(arn, &listeners));
        }
        let message = "A target group with the same name exists, but with different settings";
        return Step::Refuse(Refusal::new("DuplicateTargetGroupName", message));
    }
    let rest = format!("targetgroup/{}/{}", group.name, suffix(context));
    let arn = context.arn("elasticloadbalancing", &rest);
    context.remember(&arn, &group);
    context.lags(Group::KIND, &arn, "elbv2_target_group");
    answer(group.describe(&arn, &listeners))
}

fn describe(context: &mut Context<'_>, input: &DescribeTargetGroupsInput) -> Step<DescribeTargetGroupsOutput> {
    let (arns, names) = (input.target_group_arns(), input.names());
    let listeners = context.all::<Listener>();
    let mut described: Vec<TargetGroup> = (context.all::<Group>().iter())
        .filter(|(arn, _)| !context.is_lagging(Group::KIND, arn))
        .filter(|(arn, group)| {
            (arns.is_empty() && names.is_empty()) || arns.contains(arn) || names.contains(&group.name)
        })
        .map(|(arn, group)| group.describe(arn, &listeners))
        .collect();
    if described.len() < arns.len().max(names.len()) {
        return Step::Refuse(not_found());
    }
    if let Some(balancer) = input.load_balancer_arn() {
        described.retain(|group| group.load_balancer_arns().iter().any(|arn| arn == balancer));
    }
    Step::Answer(DescribeTargetGroupsOutput::builder().set_target_groups(Some(described)).build())
}

fn modify(context: &mut Context<'_>, input: &ModifyTargetGroupInput) -> Step<ModifyTargetGroupOutput> {
    let arn = input.target_group_arn().unwrap_or_default();
    let group = context.recall::<Group>(arn).ok_or_else(not_found);
    step(group.map(|mut group| {
        let check = &mut group.check;
        let given = |given: Option<&str>| given.map(str::to_owned);
        check.path = given(input.health_check_path()).or(check.path.take());
        check.codes = given(input.matcher().and_then(Matcher::http_code)).or(check.codes.take());
        check.interval = input.health_check_interval_seconds().unwrap_or(check.interval);
        check.timeout = input.health_check_timeout_seconds().unwrap_or(check.timeout);
        check.healthy = input.healthy_threshold_count().unwrap_or(check.healthy);
        check.unhealthy = input.unhealthy_threshold_count().unwrap_or(check.unhealthy);
        if let Some(protocol) = input.health_check_protocol() {
            check.protocol = protocol.as_str().to_owned();
        }
        if let Some(port) = input.health_check_port() {
            check.port = port.to_owned();
        }
        context.remember(arn, &group);
        let described = group.describe(arn, &context.all::<Listener>());
        ModifyTargetGroupOutput::builder().target_groups(described).build()
    }))
}

/// Deleting an unknown group is no error; deleting a group that a listener uses is refused.
fn delete(context: &mut Context<'_>, input: &DeleteTargetGroupInput) -> Step<DeleteTargetGroupOutput> {
    let arn = input.target_group_arn().unwrap_or_default();
    let used =
        (context.all::<Listener>().iter()).any(|(_, listener)| listener.targets.iter().any(|target| target == arn));
    if used {
        let message = format!("Target group '{arn}' is currently in use by a listener or a rule");
        return Step::Refuse(Refusal::new("ResourceInUse", message));
    }
    context.forget::<Group>(arn);
    Step::Answer(DeleteTargetGroupOutput::builder().build())
}
