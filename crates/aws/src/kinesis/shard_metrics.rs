//! Shard-level metrics of a stream in CloudWatch:
//! [EnableEnhancedMonitoring](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_EnableEnhancedMonitoring.html).
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kinesis::{observed_setting, owner, read, verify},
    permissions::{Permission, allow},
};
use aws_sdk_kinesis::types::{MetricsName, StreamDescriptionSummary as Seen};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The metrics `ALL` stands for.
const EVERY: [MetricsName; 7] = [
    MetricsName::IncomingBytes,
    MetricsName::IncomingRecords,
    MetricsName::IteratorAgeMilliseconds,
    MetricsName::OutgoingBytes,
    MetricsName::OutgoingRecords,
    MetricsName::ReadProvisionedThroughputExceeded,
    MetricsName::WriteProvisionedThroughputExceeded,
];

/// The specification of the resource. It always enables every shard-level metric.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardMetrics {
    /// The name of the stream.
    pub stream: String,
}

fn enabled(seen: &Seen) -> bool {
    let on: Vec<&MetricsName> = seen.enhanced_monitoring().iter().flat_map(|m| m.shard_level_metrics()).collect();
    on.contains(&&MetricsName::All) || EVERY.iter().all(|metric| on.contains(&metric))
}

impl Resource for ShardMetrics {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "kinesis:shard-metrics";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("kinesis:stream");
    const TIMING: &'static str = "kinesis_stream_setting";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.kinesis.enable_enhanced_monitoring().stream_name(&self.stream);
        let call = call.shard_level_metrics(MetricsName::All).send();
        call.await.or_fail("turn on the stream's shard metrics")?;
        Ok(PhysicalId(self.stream.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = enabled(&read(cx, &self.stream).await?);
        Ok(set.then(|| PhysicalId(self.stream.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::stream(cx, &self.stream).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let seen = read(cx, &self.stream).await?;
        Ok(observed_setting(&seen, enabled(&seen)))
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.kinesis.disable_enhanced_monitoring().stream_name(&self.stream);
        let call = call.shard_level_metrics(MetricsName::All).send();
        call.await.or_fail("turn off the stream's shard metrics")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for ShardMetrics {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["kinesis:DisableEnhancedMonitoring", "kinesis:EnableEnhancedMonitoring"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::shard_metrics(check, want).await
    }
}
