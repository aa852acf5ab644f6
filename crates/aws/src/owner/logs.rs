//! CloudWatch Logs tells the tags of one log group at a time.
use super::{arn, once};
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn log_group(cx: &Cx, name: &str) -> Result<Owned> {
    let look = async || {
        let call = cx.cloud.logs.list_tags_for_resource().resource_arn(arn(cx, "logs", &format!("log-group:{name}")));
        let tags = call.send().await.or_fail("look whose the log group is")?.tags.unwrap_or_default();
        Ok(tags::owned(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
    };
    once(cx, "log group", name, look).await
}

/// A log group that a service makes by itself, for a thing of ours and under its name: without tags it is ours, with another
/// lineage's it is not.
pub(crate) async fn of_service(cx: &Cx, name: &str) -> Result<Owned> {
    match log_group(cx, name).await? {
        Owned::Unmarked => Ok(Owned::Ours),
        owned => Ok(owned),
    }
}

/// Whether only services make log groups of that name.
pub(crate) fn is_of_service(name: &str) -> bool {
    name.starts_with("/aws/") || name.starts_with("API-Gateway-Execution-Logs_")
}
