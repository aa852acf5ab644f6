//! CloudWatch Logs: every log group is there, encrypted as wanted, and kept exactly as long as wanted.
use super::look::Look;
use crate::kinds::logs::{LogGroup, Retention, ServiceLogGroup};
use aws_sdk_cloudwatchlogs::types::LogGroup as Seen;
use vidpipe_engine::{
    Result,
    verify::Section::{EncryptionAtRest, Retention as Kept},
};

async fn group(look: &Look<'_>, name: &str) -> Result<Seen> {
    let call = look.aws.logs.describe_log_groups().log_group_name_prefix(name);
    let seen = all!(look, "DescribeLogGroups", call)?;
    look.there(seen.into_iter().find(|g| g.log_group_name() == Some(name)))
}

pub(super) async fn log_group(look: &Look<'_>, want: LogGroup) -> Result<()> {
    let seen = group(look, &want.name).await?;
    if let Some(key) = &want.kms_key_arn {
        look.is(
            EncryptionAtRest,
            "logs are encrypted with the wanted key",
            "kmsKeyId",
            seen.kms_key_id(),
            key.as_str(),
        );
    }
    let arn = seen.log_group_arn().or(seen.arn()).unwrap_or_default().trim_end_matches(":*");
    let seen = ask!(look, "ListTagsForResource", look.aws.logs.list_tags_for_resource().resource_arn(arn))?;
    look.tags(&want.name, seen.tags().into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(())
}

pub(super) async fn service_log_group(look: &Look<'_>, want: ServiceLogGroup) -> Result<()> {
    log_group(look, want.0).await
}

pub(super) async fn retention(look: &Look<'_>, want: Retention) -> Result<()> {
    let seen = group(look, &want.log_group).await?;
    look.is(Kept, "logs are kept as long as wanted", "retentionInDays", seen.retention_in_days(), want.days);
    Ok(())
}
