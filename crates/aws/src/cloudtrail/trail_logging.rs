//! Turns on [logging](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html) of a trail:
//! a new trail does not log. Events recorded before logging stops are still delivered some minutes later.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    cloudtrail::{owner, verify},
    declare::AwsKind,
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct TrailLogging {
    /// The ARN of the trail.
    pub trail_arn: String,
}

impl TrailLogging {
    async fn is_on(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.cloudtrail.get_trail_status().name(&self.trail_arn);
        Ok(call.send().await.or_fail("read whether the trail logs")?.is_logging() == Some(true))
    }
}

impl Resource for TrailLogging {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "cloudtrail:trail-logging";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("cloudtrail:trail");
    const TIMING: &'static str = "cloudtrail_trail";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        cx.cloud.cloudtrail.start_logging().name(&self.trail_arn).send().await.or_fail("start the trail")?;
        Ok(PhysicalId(self.trail_arn.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_on(cx).await?.then(|| PhysicalId(self.trail_arn.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::trail_of(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_on(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.cloudtrail.stop_logging().name(&id.0).send().await.or_fail("stop the trail")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for TrailLogging {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["cloudtrail:GetTrailStatus", "cloudtrail:StartLogging", "cloudtrail:StopLogging"])
            .on(&["arn:aws:cloudtrail:*:*:trail/{cloudtrail:trail.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::trail_logging(check, want).await
    }
}
