//! A [target group](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html) of
//! a network load balancer, with IP targets over TCP. CreateTargetGroup returns an existing target group with the same
//! settings, so the owner is checked first. It cannot be deleted while a listener forwards to it.
use super::{ours, tags_of};
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    elb::{owner, verify},
    ids,
    permissions::{Permission, allow},
    settings::Settings,
    tags,
};
use aws_sdk_elasticloadbalancingv2::{
    operation::modify_target_group::builders::ModifyTargetGroupFluentBuilder as Modify,
    types::{ProtocolEnum as Protocol, TargetGroup as Seen, TargetTypeEnum as Targets},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Its name, unique in the region; at most 32 characters.
    pub name: String,
    /// The VPC of its targets.
    pub vpc_id: String,
    /// The TCP port its targets listen on.
    pub port: u16,
    /// Seconds between two health checks of a target, 5 to 300.
    pub health_interval_s: u16,
    /// Consecutive successful checks that make a target healthy, 2 to 10.
    pub healthy_threshold: u16,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetGroupOutput {
    /// `arn:aws:elasticloadbalancing:...:targetgroup/...`
    pub arn: String,
}

async fn read(cx: &Cx, id: &PhysicalId) -> Result<Option<Seen>> {
    let call = cx.cloud.elb.describe_target_groups().target_group_arns(&id.0);
    let seen = call.send().await.or_fail("read the target group")?;
    Ok(seen.target_groups.unwrap_or_default().into_iter().next())
}

impl TargetGroup {
    fn settings(&self, seen: &Seen) -> Settings<'_, Modify> {
        let (interval, threshold) = (i32::from(self.health_interval_s), i32::from(self.healthy_threshold));
        Settings::new()
            .is(
                "health check interval",
                seen.health_check_interval_seconds,
                interval,
                Modify::health_check_interval_seconds,
            )
            .is("healthy threshold", seen.healthy_threshold_count, threshold, Modify::healthy_threshold_count)
    }

    async fn arn(&self, cx: &Cx) -> Result<Option<String>> {
        let call = cx.cloud.elb.describe_target_groups().names(&self.name);
        match call.send().await.or_fail("find the target group") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            Err(e) => Err(e),
            Ok(found) => Ok(found.target_groups().first().and_then(|g| g.target_group_arn.clone())),
        }
    }
}

impl Resource for TargetGroup {
    type Cloud = Aws;
    type Output = TargetGroupOutput;
    const KIND: &'static str = "elb:target-group";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "elbv2_target_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        if let Some(arn) = self.arn(cx).await? {
            return ours(cx, arn).await?.ok_or_else(|| tags::taken("target group", &self.name));
        }
        let call = cx.cloud.elb.create_target_group().name(&self.name).vpc_id(&self.vpc_id);
        let call = call.target_type(Targets::Ip).protocol(Protocol::Tcp).port(self.port.into());
        let call = call.health_check_protocol(Protocol::Tcp);
        let call = call.health_check_interval_seconds(self.health_interval_s.into());
        let call = call.healthy_threshold_count(self.healthy_threshold.into()).set_tags(tags_of(cx, &self.name));
        let made = call.send().await.or_fail("create the target group")?;
        ids::id(made.target_groups().first().and_then(|g| g.target_group_arn.clone()), "target group")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(arn) = self.arn(cx).await? else { return Ok(None) };
        ours(cx, arn).await
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::tagged(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<TargetGroupOutput>> {
        let Some(group) = read(cx, id).await? else { return Ok(Observed::Absent) };
        Ok(self.settings(&group).observed(Some(TargetGroupOutput { arn: id.0.clone() }), ""))
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let seen = read(cx, id).await?;
        let seen = seen.ok_or_else(|| Error::new(Class::NotFound, format!("change the target group: no {id}")))?;
        match self.settings(&seen).ask(cx.cloud.elb.modify_target_group().target_group_arn(&id.0)) {
            None => Ok(()),
            Some(call) => call.send().await.or_fail("change the target group's health check").map(drop),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.elb.delete_target_group().target_group_arn(&id.0).send().await.or_fail("delete the target group")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        let key = |g: &Self| (g.name.clone(), g.vpc_id.clone(), g.port);
        match (self == old, key(self) == key(old)) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for TargetGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateTargetGroup",
            "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:ModifyTargetGroup",
        ])
        .on(&["arn:aws:elasticloadbalancing:*:*:targetgroup/{name}/*"]),
        allow(&["elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroups"]),
        allow(&["ec2:DescribeVpcs"]).on_behalf(),
        allow(&["elasticloadbalancing:DescribeTargetHealth"]).to_verify(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::target_group(check, want).await
    }
}
