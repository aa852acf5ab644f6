//! CloudWatch Logs lists the tags of one log group per call.
use crate::{
    Cx, OrFail,
    owner::{arn, once},
    tags,
};
use vidpipe_engine::{Owned, Result};

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn log_group(cx: &Cx, name: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.logs.list_tags_for_resource().resource_arn(arn(cx, "logs", &format!("log-group:{name}")));
        let tags = call.send().await.or_fail("read the owner of the log group")?.tags.unwrap_or_default();
        Ok(tags::owned(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
    };
    once(cx, "log group", name, read).await
}

/// A log group that a service creates for a resource of ours, named after it. Without tags it is ours; with another
/// lineage's tags it is not.
pub(crate) async fn of_service(cx: &Cx, name: &str) -> Result<Owned> {
    match log_group(cx, name).await? {
        Owned::Unmarked => Ok(Owned::Ours),
        owned => Ok(owned),
    }
}

/// Returns whether log groups of this name are only created by services.
pub(crate) fn is_of_service(name: &str) -> bool {
    name.starts_with("/aws/") || name.starts_with("API-Gateway-Execution-Logs_")
}
