//! Whether a network load balancer's security groups apply to traffic
//! [through PrivateLink](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html),
//! such as an API's VPC link: off. They would filter by AWS's internal addresses, which no rule here can name. With it
//! off the groups need no rules, and only traffic from the link is let in.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    elb::{owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_elasticloadbalancingv2::types::EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum as Enforce;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct PrivateLinkRules {
    /// The load balancer.
    pub load_balancer_arn: String,
    /// Its security groups, which AWS requires in the same call.
    pub security_group_ids: Vec<String>,
}

impl PrivateLinkRules {
    async fn set(&self, cx: &Cx, enforce: Enforce) -> Result<()> {
        let call = cx.cloud.elb.set_security_groups().load_balancer_arn(&self.load_balancer_arn);
        let call = call.set_security_groups(Some(self.security_group_ids.clone()));
        let call = call.enforce_security_group_inbound_rules_on_private_link_traffic(enforce);
        call.send().await.or_fail("set the load balancer's rules for PrivateLink").map(drop)
    }

    /// `None` if the load balancer does not exist.
    async fn is_off(&self, cx: &Cx) -> Result<Option<bool>> {
        let call = cx.cloud.elb.describe_load_balancers().load_balancer_arns(&self.load_balancer_arn);
        let seen = call.send().await.or_fail("read the load balancer's rules for PrivateLink")?;
        let enforced = |b: &aws_sdk_elasticloadbalancingv2::types::LoadBalancer| {
            b.enforce_security_group_inbound_rules_on_private_link_traffic() == Some(Enforce::On.as_str())
        };
        Ok(seen.load_balancers().first().map(|b| !enforced(b)))
    }
}

impl Resource for PrivateLinkRules {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "elb:private-link-rules";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("elb:load-balancer");
    const TIMING: &'static str = "elbv2_target_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.set(cx, Enforce::Off).await?;
        Ok(PhysicalId(self.load_balancer_arn.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_off(cx).await?.filter(|off| *off).map(|_| PhysicalId(self.load_balancer_arn.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::tagged(cx, &self.load_balancer_arn).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_off(cx).await? == Some(true) { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.set(cx, Enforce::On).await?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for PrivateLinkRules {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["elasticloadbalancing:SetSecurityGroups"])
            .on(&["arn:aws:elasticloadbalancing:*:*:loadbalancer/net/{elb:load-balancer.name}/*"]),
        allow(&["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::private_link_rules(check, want).await
    }
}
