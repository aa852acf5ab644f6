//! Batched reads: alarms that are read at the same moment share one call.
use crate::{Aws, OrFail};
use aws_sdk_cloudwatch::types::MetricAlarm;
use vidpipe_engine::{Batcher, Result};

/// The number of alarms that one answer of
/// [DescribeAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html) holds
/// without a second page.
const MANY: usize = 50;

/// The reads in progress.
struct Reads {
    alarms: Batcher<Vec<MetricAlarm>>,
}

impl Default for Reads {
    fn default() -> Self {
        Self { alarms: Batcher::new("alarms", MANY) }
    }
}

impl Aws {
    /// The metric alarm with this name.
    pub(crate) async fn alarm(&self, name: &str) -> Result<Option<MetricAlarm>> {
        let reads = self.shared::<Reads>();
        let read = async |names| {
            let call = self.cloudwatch.describe_alarms().set_alarm_names(Some(names));
            Ok(call.send().await.or_fail("read the alarms")?.metric_alarms.unwrap_or_default())
        };
        let seen = reads.alarms.read(name, read).await?;
        Ok(seen.iter().find(|a| a.alarm_name() == Some(name)).cloned())
    }
}
