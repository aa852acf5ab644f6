//! A stream's retention period:
//! [IncreaseStreamRetentionPeriod](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html)
//! and [DecreaseStreamRetentionPeriod](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html),
//! each of which rejects a change in the other direction. A new stream has 24 hours.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kinesis::{observed_setting, owner, read, verify},
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The default of a new stream.
const DEFAULT: u16 = 24;

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamRetention {
    /// The name of the stream.
    pub stream: String,
    /// Hours a record is kept, 24 to 8760.
    pub hours: u16,
}

impl StreamRetention {
    async fn set(&self, cx: &Cx, hours: u16) -> Result<()> {
        let (desired, there) = (i32::from(hours), read(cx, &self.stream).await?.retention_period_hours);
        let kinesis = &cx.cloud.kinesis;
        match desired.cmp(&there) {
            Ordering::Equal => Ok(()),
            Ordering::Greater => {
                let call = kinesis.increase_stream_retention_period().stream_name(&self.stream);
                let call = call.retention_period_hours(desired).send();
                call.await.or_fail("keep the stream's records longer").map(drop)
            }
            Ordering::Less => {
                let call = kinesis.decrease_stream_retention_period().stream_name(&self.stream);
                let call = call.retention_period_hours(desired).send();
                call.await.or_fail("keep the stream's records less long").map(drop)
            }
        }
    }
}

impl Resource for StreamRetention {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "kinesis:stream-retention";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("kinesis:stream");
    const UPDATES: bool = true;
    const TIMING: &'static str = "kinesis_stream_setting";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.set(cx, self.hours).await?;
        Ok(PhysicalId(self.stream.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = read(cx, &self.stream).await?.retention_period_hours == i32::from(self.hours);
        Ok(set.then(|| PhysicalId(self.stream.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::stream(cx, &self.stream).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let seen = read(cx, &self.stream).await?;
        Ok(observed_setting(&seen, seen.retention_period_hours == i32::from(self.hours)))
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.set(cx, self.hours).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        if self.hours == DEFAULT {
            // `observe` would never see the setting as absent.
            return Err(Error::new(Class::NotFound, "put back the stream's retention: it is AWS's own already"));
        }
        self.set(cx, DEFAULT).await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.stream == old.stream) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for StreamRetention {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["kinesis:DecreaseStreamRetentionPeriod", "kinesis:IncreaseStreamRetentionPeriod"])
            .on(&["arn:aws:kinesis:*:*:stream/{kinesis:stream.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::stream_retention(check, want).await
    }
}
