//! A target group's deregistration delay, the time in-flight connections of a deregistered target have to finish:
//! [ModifyTargetGroupAttributes](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroupAttributes.html).
//! AWS's default is five minutes, and stopping a service takes that much longer.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    elb::{owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_elasticloadbalancingv2::types::TargetGroupAttribute;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

const KEY: &str = "deregistration_delay.timeout_seconds";
/// The default of a new target group.
const DEFAULT: u16 = 300;

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DeregistrationDelay {
    /// The target group.
    pub target_group_arn: String,
    /// Seconds, 0 to 3600.
    pub seconds: u16,
}

impl DeregistrationDelay {
    async fn set(&self, cx: &Cx, seconds: u16) -> Result<()> {
        let delay = TargetGroupAttribute::builder().key(KEY).value(seconds.to_string()).build();
        let call = cx.cloud.elb.modify_target_group_attributes().target_group_arn(&self.target_group_arn);
        call.attributes(delay).send().await.or_fail("set the deregistration delay").map(drop)
    }

    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.elb.describe_target_group_attributes().target_group_arn(&self.target_group_arn);
        let seen = call.send().await.or_fail("read the deregistration delay")?;
        let desired = self.seconds.to_string();
        Ok(seen.attributes().iter().any(|a| a.key() == Some(KEY) && a.value() == Some(&desired)))
    }
}

impl Resource for DeregistrationDelay {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "elb:deregistration-delay";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("elb:target-group");
    const UPDATES: bool = true;
    const TIMING: &'static str = "elbv2_target_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.set(cx, self.seconds).await?;
        Ok(PhysicalId(self.target_group_arn.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_set(cx).await?.then(|| PhysicalId(self.target_group_arn.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::tagged(cx, &self.target_group_arn).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_set(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.set(cx, self.seconds).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        if self.seconds == DEFAULT {
            // `observe` would never see the setting as absent.
            return Err(Error::new(Class::NotFound, "put back the deregistration delay: it is AWS's own already"));
        }
        self.set(cx, DEFAULT).await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.target_group_arn == old.target_group_arn) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for DeregistrationDelay {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["elasticloadbalancing:ModifyTargetGroupAttributes"])
            .on(&["arn:aws:elasticloadbalancing:*:*:targetgroup/{elb:target-group.name}/*"]),
        allow(&["elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTags"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::deregistration_delay(check, want).await
    }
}
