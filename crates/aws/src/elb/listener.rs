//! A TCP [listener](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html) of a
//! network load balancer that forwards to one target group. CreateListener returns an existing listener with the same
//! settings, so the owner is checked first.
use super::{ours, tags_of};
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    elb::{owner, verify},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum as Then, ProtocolEnum as Protocol};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Listener {
    /// Its `Name` tag.
    pub name: String,
    /// The load balancer it is part of.
    pub load_balancer_arn: String,
    /// The TCP port it listens on; a load balancer has one listener per port.
    pub port: u16,
    /// The target group it forwards to.
    pub target_group_arn: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListenerOutput {
    /// `arn:aws:elasticloadbalancing:...:listener/net/...`
    pub arn: String,
    /// The target group, now attached to a load balancer, so that a service can register its tasks.
    pub target_group_arn: String,
}

impl Listener {
    fn action(&self) -> Action {
        Action::builder().r#type(Then::Forward).target_group_arn(&self.target_group_arn).build()
    }

    async fn arn(&self, cx: &Cx) -> Result<Option<String>> {
        let call = cx.cloud.elb.describe_listeners().load_balancer_arn(&self.load_balancer_arn);
        let found = call.send().await.or_fail("find the listener")?;
        let mine = found.listeners().iter().find(|l| l.port() == Some(self.port.into()));
        Ok(mine.and_then(|l| l.listener_arn.clone()))
    }
}

impl Resource for Listener {
    type Cloud = Aws;
    type Output = ListenerOutput;
    const KIND: &'static str = "elb:listener";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "elbv2_listener";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        if let Some(arn) = self.arn(cx).await? {
            let taken = || tags::taken("listener", &format!("one on port {}", self.port));
            return ours(cx, arn).await?.ok_or_else(taken);
        }
        let call = cx.cloud.elb.create_listener().load_balancer_arn(&self.load_balancer_arn);
        let call = call.protocol(Protocol::Tcp).port(self.port.into()).default_actions(self.action());
        let made = call.set_tags(tags_of(cx, &self.name)).send().await.or_fail("create the listener")?;
        ids::id(made.listeners().first().and_then(|l| l.listener_arn.clone()), "listener")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(arn) = self.arn(cx).await? else { return Ok(None) };
        ours(cx, arn).await
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::tagged(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<ListenerOutput>> {
        let call = cx.cloud.elb.describe_listeners().listener_arns(&id.0);
        let seen = call.send().await.or_fail("read the listener")?;
        let Some(listener) = seen.listeners().first() else { return Ok(Observed::Absent) };
        let leads_to = listener.default_actions().first().and_then(|a| a.target_group_arn());
        let as_wanted = leads_to.is_none_or(|arn| arn == self.target_group_arn)
            && listener.port().is_none_or(|port| port == i32::from(self.port));
        let output = ListenerOutput { arn: id.0.clone(), target_group_arn: self.target_group_arn.clone() };
        Ok(match as_wanted {
            true => Observed::Ready(output),
            false => Observed::differs("it forwards to another target", None),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.elb.modify_listener().listener_arn(&id.0).port(self.port.into());
        call.default_actions(self.action()).send().await.or_fail("change the listener").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.elb.delete_listener().listener_arn(&id.0).send().await.or_fail("delete the listener")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name && self.load_balancer_arn == old.load_balancer_arn) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Listener {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:ModifyListener",
        ])
        .on(&[
            "arn:aws:elasticloadbalancing:*:*:listener/net/{elb:load-balancer.name}/*",
            "arn:aws:elasticloadbalancing:*:*:loadbalancer/net/{elb:load-balancer.name}/*",
        ]),
        allow(&["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeTags"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::listener(check, want).await
    }
}
