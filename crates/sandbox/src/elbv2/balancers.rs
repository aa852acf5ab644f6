//! Load balancers.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html>

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::operation::create_load_balancer::{
    CreateLoadBalancerInput, CreateLoadBalancerOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::delete_load_balancer::{
    DeleteLoadBalancerInput, DeleteLoadBalancerOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::describe_load_balancers::{
    DescribeLoadBalancersInput, DescribeLoadBalancersOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::set_security_groups::{SetSecurityGroupsInput, SetSecurityGroupsOutput};
use aws_sdk_elasticloadbalancingv2::types::{
    AvailabilityZone, IpAddressType, LoadBalancer, LoadBalancerSchemeEnum, LoadBalancerState, LoadBalancerStateEnum,
    LoadBalancerTypeEnum,
};
use serde::{Deserialize, Serialize};

use super::listeners::Kept as Listener;
use super::{Pair, asked, step, suffix};
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::cross_service::interfaces::{self, Interface};
use crate::cross_service::network::Place;
use crate::store::Fact;
use crate::timing;
use crate::typed::{Rule, Step, before};

/// The stage before a stumble, and the length of the stumble in seconds; an assumption.
const STUMBLE: &str = "elbv2:before-stumble";
const STUMBLES: f64 = 20.0;

/// A load balancer, kept by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Balancer {
    pub(crate) name: String,
    pub(crate) kind: String,
    scheme: String,
    dns: String,
    vpc: Option<String>,
    /// The subnets, each with its zone.
    zones: Vec<(String, String)>,
    pub(crate) security_groups: Vec<String>,
    /// The reason why it becomes `failed`, if it does.
    #[serde(default)]
    fails: Option<String>,
    /// Whether it shows `failed` for the last seconds before it is `active`.
    #[serde(default)]
    stumbles: bool,
    /// Whether the security groups apply to PrivateLink traffic, `on` or `off`; `None` without security groups.
    #[serde(default)]
    private_link: Option<String>,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) tags: Vec<Pair>,
}

impl Fact for Balancer {
    const KIND: &'static str = "elbv2:load-balancer";
}

pub(super) fn rules() -> Vec<Rule> {
    vec![before(create), before(describe), before(delete), before(set_groups)]
}

/// AWS's error for an unknown ARN or name.
pub(super) fn not_found() -> Refusal {
    Refusal::new("LoadBalancerNotFound", "One or more load balancers not found")
}

impl Balancer {
    fn asked(context: &mut Context<'_>, input: &CreateLoadBalancerInput, suffix: &str) -> Self {
        let name = input.name().unwrap_or_default().to_owned();
        let kind = input.r#type().map_or("application", LoadBalancerTypeEnum::as_str);
        let scheme = input.scheme().map_or("internet-facing", LoadBalancerSchemeEnum::as_str);
        let internal = if scheme == "internal" { "internal-" } else { "" };
        let dns = match kind {
            "network" => format!("{name}-{suffix}.elb.{}.amazonaws.com", context.region),
            _ => format!("{internal}{name}-{suffix}.{}.elb.amazonaws.com", context.region),
        };
        let mapped = input.subnet_mappings().iter().filter_map(|mapping| mapping.subnet_id());
        let subnets = input.subnets().iter().map(String::as_str).chain(mapped);
        let (mut vpc, mut zones) = (None, Vec::new());
        for subnet in subnets {
            let place = context.recall::<Place>(subnet);
            let zone = place.as_ref().map_or_else(|| format!("{}a", context.region), |place| place.zone.clone());
            zones.push((subnet.to_owned(), zone));
            vpc = vpc.or(place.map(|place| place.vpc));
        }
        Self {
            name,
            kind: kind.to_owned(),
            scheme: scheme.to_owned(),
            dns,
            vpc,
            zones,
            private_link: (kind == "network" && !input.security_groups().is_empty()).then(|| "on".to_owned()),
            security_groups: input.security_groups().to_vec(),
            fails: None,
            stumbles: false,
            attributes: BTreeMap::from([("deletion_protection.enabled".into(), "false".into())]),
            tags: asked(input.tags()),
        }
    }

    fn arn(&self, context: &Context<'_>, suffix: &str) -> String {
        let family = if self.kind == "network" { "net" } else { "app" };
        let rest = format!("loadbalancer/{family}/{}/{suffix}", self.name);
        context.arn("elasticloadbalancing", &rest)
    }

    fn describe(&self, arn: &str, state: LoadBalancerStateEnum) -> LoadBalancer {
        let reason = self.fails.clone().filter(|_| state == LoadBalancerStateEnum::Failed);
        let zones = self
            .zones
            .iter()
            .map(|(subnet, zone)| AvailabilityZone::builder().subnet_id(subnet).zone_name(zone).build());
        LoadBalancer::builder()
            .load_balancer_arn(arn)
            .load_balancer_name(&self.name)
            .r#type(LoadBalancerTypeEnum::from(self.kind.as_str()))
            .scheme(LoadBalancerSchemeEnum::from(self.scheme.as_str()))
            .dns_name(&self.dns)
            .canonical_hosted_zone_id("Z00000000SANDBOX")
            .set_vpc_id(self.vpc.clone())
            .ip_address_type(IpAddressType::Ipv4)
            .set_availability_zones(Some(zones.collect()))
            .set_security_groups(Some(self.security_groups.clone()))
            .set_enforce_security_group_inbound_rules_on_private_link_traffic(self.private_link.clone())
            .state(LoadBalancerState::builder().code(state).set_reason(reason).build())
            .build()
    }
}

/// Its current state. <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html>
pub(super) fn state(context: &Context<'_>, arn: &str) -> LoadBalancerStateEnum {
    match (context.stage(Balancer::KIND, arn), context.recall::<Balancer>(arn)) {
        (Some(_), Some(balancer)) if balancer.stumbles && context.stage(STUMBLE, arn).is_none() => {
            LoadBalancerStateEnum::Failed
        }
        (Some(_), _) => LoadBalancerStateEnum::Provisioning,
        (None, Some(Balancer { fails: Some(_), .. }) | None) => LoadBalancerStateEnum::Failed,
        (None, Some(_)) => LoadBalancerStateEnum::Active,
    }
}

/// Whether a load balancer exists and is active.
pub(crate) fn is_active(context: &Context<'_>, arn: &str) -> bool {
    state(context, arn) == LoadBalancerStateEnum::Active
}

/// The description of its network interfaces: `ELB net/name/id`.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html>
fn described(arn: &str) -> String {
    format!("ELB {}", arn.split_once(":loadbalancer/").map_or(arn, |(_, name)| name))
}

fn owner(arn: &str) -> String {
    format!("{} {arn}", Balancer::KIND)
}

/// Adds an interface in each of its subnets.
fn place(context: &mut Context<'_>, arn: &str, balancer: &Balancer) {
    let network = balancer.kind == "network";
    for (subnet, _) in &balancer.zones {
        let interface = Interface {
            owner: owner(arn),
            subnet: subnet.clone(),
            groups: balancer.security_groups.clone(),
            description: described(arn),
            kind: if network { "network_load_balancer" } else { "interface" }.to_owned(),
            public: balancer.scheme == "internet-facing",
        };
        interfaces::add(context, &interface);
    }
}

/// A second load balancer of a name is refused; with the same settings, the answer is the existing one.
fn create(context: &mut Context<'_>, input: &CreateLoadBalancerInput) -> Step<CreateLoadBalancerOutput> {
    let suffix = suffix(context);
    let mut balancer = Balancer::asked(context, input, &suffix);
    let answer = |balancer| Step::Answer(CreateLoadBalancerOutput::builder().load_balancers(balancer).build());
    let known = context.all::<Balancer>();
    if let Some((arn, there)) = known.iter().find(|(_, there)| there.name == balancer.name) {
        if there.zones == balancer.zones && there.scheme == balancer.scheme && there.kind == balancer.kind {
            return answer(there.describe(arn, state(context, arn)));
        }
        let message = "A load balancer with the same name exists, but with different settings";
        return Step::Refuse(Refusal::new("DuplicateLoadBalancerName", message));
    }
    let arn = balancer.arn(context, &suffix);
    let fails = context.goes_wrong(Incident::BalancerFails);
    balancer.stumbles = context.goes_wrong(Incident::BalancerStumbles);
    balancer.fails = fails.then(|| "The load balancer could not be set up".to_owned());
    context.remember(&arn, &balancer);
    place(context, &arn, &balancer);
    context.lags(Balancer::KIND, &arn, "elbv2_nlb");
    let seconds = context.draw(timing::create("elbv2_nlb"));
    context.begin(Balancer::KIND, &arn, "provisioning", seconds);
    context.begin(STUMBLE, &arn, "before", (seconds - STUMBLES).max(0.0));
    answer(balancer.describe(&arn, LoadBalancerStateEnum::Provisioning))
}

fn describe(context: &mut Context<'_>, input: &DescribeLoadBalancersInput) -> Step<DescribeLoadBalancersOutput> {
    let (arns, names) = (input.load_balancer_arns(), input.names());
    let found: Vec<_> = (context.all::<Balancer>().into_iter())
        .filter(|(arn, _)| !context.is_lagging(Balancer::KIND, arn))
        .filter(|(arn, balancer)| {
            (arns.is_empty() && names.is_empty()) || arns.contains(arn) || names.contains(&balancer.name)
        })
        .collect();
    if found.len() < arns.len().max(names.len()) {
        return Step::Refuse(not_found());
    }
    let balancers = found.iter().map(|(arn, balancer)| balancer.describe(arn, state(context, arn)));
    Step::Answer(DescribeLoadBalancersOutput::builder().set_load_balancers(Some(balancers.collect())).build())
}

/// Deleting an unknown load balancer is no error; listeners are deleted with it.
fn delete(context: &mut Context<'_>, input: &DeleteLoadBalancerInput) -> Step<DeleteLoadBalancerOutput> {
    let arn = input.load_balancer_arn().unwrap_or_default();
    let protected =
        |balancer: &Balancer| (balancer.attributes.get("deletion_protection.enabled")).is_some_and(|on| on == "true");
    if context.recall::<Balancer>(arn).is_some_and(|balancer| protected(&balancer)) {
        let message = format!("Load balancer '{arn}' cannot be deleted because deletion protection is enabled");
        return Step::Refuse(Refusal::new("OperationNotPermitted", message));
    }
    for (id, listener) in context.all::<Listener>() {
        if listener.balancer == arn {
            context.forget::<Listener>(&id);
        }
    }
    context.forget::<Balancer>(arn);
    let seconds = context.draw(timing::release("elbv2_nlb"));
    interfaces::release(context, &owner(arn), seconds);
    Step::Answer(DeleteLoadBalancerOutput::builder().build())
}

fn set_groups(context: &mut Context<'_>, input: &SetSecurityGroupsInput) -> Step<SetSecurityGroupsOutput> {
    let arn = input.load_balancer_arn().unwrap_or_default();
    let balancer = context.recall::<Balancer>(arn).ok_or_else(not_found);
    step(balancer.map(|mut balancer| {
        balancer.security_groups = input.security_groups().to_vec();
        let asked = input.enforce_security_group_inbound_rules_on_private_link_traffic();
        balancer.private_link = asked.map(|on| on.as_str().to_owned()).or(balancer.private_link);
        context.remember(arn, &balancer);
        for (id, interface) in interfaces::all(context) {
            if interface.owner == owner(arn) {
                context.remember(&id, &Interface { groups: balancer.security_groups.clone(), ..interface });
            }
        }
        SetSecurityGroupsOutput::builder()
            .set_security_group_ids(Some(balancer.security_groups))
            .set_enforce_security_group_inbound_rules_on_private_link_traffic(
                balancer.private_link.as_deref().map(Into::into),
            )
            .build()
    }))
}
