//! An internal
//! [network load balancer](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html).
//! CreateLoadBalancer returns an existing load balancer with the same settings, so the owner is checked first. Its
//! network interfaces outlive it for a while and hold its subnets and security groups.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::interfaces,
    elb::{owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_elasticloadbalancingv2::types::{
    self, LoadBalancerSchemeEnum as Scheme, LoadBalancerStateEnum as State, LoadBalancerTypeEnum as Type, Tag,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use vidpipe_engine::{Class, Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Its name, unique in the region; at most 32 characters.
    pub name: String,
    /// The subnets it has an address in, one per zone.
    pub subnet_ids: Vec<String>,
    /// Its security groups. If it is created without any, none can be added later.
    pub security_group_ids: Vec<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadBalancerOutput {
    /// `arn:aws:elasticloadbalancing:...:loadbalancer/net/...`
    pub arn: String,
    /// Its DNS name.
    pub dns_name: String,
    /// Its dimension in metrics: `net/name/id`.
    pub dimension: String,
}

/// `net/name/id` of `arn:...:loadbalancer/net/name/id`.
fn dimension(arn: &str) -> &str {
    arn.split_once(":loadbalancer/").map_or(arn, |(_, dimension)| dimension)
}

/// The node's tags, for the calls that create load balancers, target groups and listeners.
pub(super) fn tags_of(cx: &Cx, name: &str) -> Option<Vec<Tag>> {
    Some(tags::typed(cx, name, |k, v| Tag::builder().key(k).value(v).build()))
}

/// The load balancer, target group or listener of that ARN, if it carries this node's tags.
pub(super) async fn ours(cx: &Cx, arn: String) -> Result<Option<PhysicalId>> {
    let seen = cx.cloud.elb.describe_tags().resource_arns(&arn).send().await.or_fail("read the tags")?;
    let tags = seen.tag_descriptions().iter().flat_map(|d| d.tags()).filter_map(|t| t.key().zip(t.value()));
    Ok(tags::are_ours(cx, tags).then_some(PhysicalId(arn)))
}

impl LoadBalancer {
    async fn arn(&self, cx: &Cx) -> Result<Option<String>> {
        let call = cx.cloud.elb.describe_load_balancers().names(&self.name);
        match call.send().await.or_fail("find the load balancer") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            Err(e) => Err(e),
            Ok(found) => Ok(found.load_balancers().first().and_then(|l| l.load_balancer_arn.clone())),
        }
    }
}

fn seen(balancer: types::LoadBalancer) -> Observed<LoadBalancerOutput> {
    let (Some(arn), Some(dns_name)) = (balancer.load_balancer_arn, balancer.dns_name) else {
        return Observed::pending("it has no name in the DNS yet");
    };
    let known = LoadBalancerOutput { dimension: dimension(&arn).to_owned(), arn, dns_name };
    let state = balancer.state;
    match state.as_ref().and_then(|s| s.code()) {
        None | Some(State::Active | State::ActiveImpaired) => Observed::Ready(known),
        Some(State::Failed) => {
            Observed::Broken(state.and_then(|s| s.reason).unwrap_or_else(|| "the load balancer failed".into()))
        }
        Some(other) => Observed::Pending { why: other.as_str().to_owned(), known: Some(known) },
    }
}

impl Resource for LoadBalancer {
    type Cloud = Aws;
    type Output = LoadBalancerOutput;
    const KIND: &'static str = "elb:load-balancer";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const TIMING: &'static str = "elbv2_nlb";
    const BROKEN_AFTER: Duration = Duration::from_secs(60);

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        if let Some(arn) = self.arn(cx).await? {
            return ours(cx, arn).await?.ok_or_else(|| tags::taken("load balancer", &self.name));
        }
        let call = cx.cloud.elb.create_load_balancer().name(&self.name).r#type(Type::Network).scheme(Scheme::Internal);
        let call = call.set_subnets(Some(self.subnet_ids.clone()));
        let call = call.set_security_groups(Some(self.security_group_ids.clone())).set_tags(tags_of(cx, &self.name));
        let made = call.send().await.or_fail("create the load balancer")?;
        ids::id(made.load_balancers().first().and_then(|l| l.load_balancer_arn.clone()), "load balancer")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(arn) = self.arn(cx).await? else { return Ok(None) };
        ours(cx, arn).await
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::tagged(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<LoadBalancerOutput>> {
        let call = cx.cloud.elb.describe_load_balancers().load_balancer_arns(&id.0);
        let found = match call.send().await.or_fail("read the load balancer") {
            Err(e) if e.class == Class::NotFound => None,
            other => other?.load_balancers.and_then(|all| all.into_iter().next()),
        };
        match found {
            Some(balancer) => Ok(seen(balancer)),
            None if interfaces::any_described(cx, &format!("ELB {}", dimension(&id.0))).await? => {
                Ok(Observed::pending("its network interfaces are being released"))
            }
            None => Ok(Observed::Absent),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.elb.delete_load_balancer().load_balancer_arn(&id.0);
        match call.send().await.or_fail("delete the load balancer") {
            // Its network interfaces may still exist: `observe` decides.
            Err(e) if e.class == Class::NotFound => Ok(Removal::Asked),
            other => other.map(|_| Removal::Asked),
        }
    }
}

impl AwsKind for LoadBalancer {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateLoadBalancer",
            "elasticloadbalancing:DeleteLoadBalancer",
            "elasticloadbalancing:SetSecurityGroups",
        ])
        .on(&["arn:aws:elasticloadbalancing:*:*:loadbalancer/net/{name}/*"]),
        allow(&[
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeTags",
            "ec2:DescribeNetworkInterfaces",
        ]),
        allow(&[
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ])
        .on_behalf(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::load_balancer(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dimension_is_the_end_of_the_arn() {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/video-nlb-dev/1a2b";
        assert_eq!(dimension(arn), "net/video-nlb-dev/1a2b");
        assert_eq!(dimension("${nlb.arn}"), "${nlb.arn}");
    }
}
