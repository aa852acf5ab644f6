//! CloudWatch Logs: every log group exists, is encrypted as desired, and has exactly the desired retention.
use crate::{
    check::CheckCx,
    logs::{LogGroup, Retention, ServiceLogGroup},
};
use aws_sdk_cloudwatchlogs::types::LogGroup as Seen;
use vidpipe_engine::{
    Result,
    verify::Section::{EncryptionAtRest, Retention as Kept},
};

async fn group(check: &CheckCx<'_>, name: &str) -> Result<Seen> {
    let call = check.aws.logs.describe_log_groups().log_group_name_prefix(name);
    let seen = all!(check, "DescribeLogGroups", call)?;
    check.there(seen.into_iter().find(|g| g.log_group_name() == Some(name)))
}

pub(crate) async fn log_group(check: &CheckCx<'_>, want: LogGroup) -> Result<()> {
    let seen = group(check, &want.name).await?;
    if let Some(key) = &want.kms_key_arn {
        check.is(
            EncryptionAtRest,
            "logs are encrypted with the specified key",
            "kmsKeyId",
            seen.kms_key_id(),
            key.as_str(),
        );
    }
    let arn = seen.log_group_arn().or(seen.arn()).unwrap_or_default().trim_end_matches(":*");
    let seen = ask!(check, "ListTagsForResource", check.aws.logs.list_tags_for_resource().resource_arn(arn))?;
    check.tags(&want.name, seen.tags().into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(())
}

pub(crate) async fn service_log_group(check: &CheckCx<'_>, want: ServiceLogGroup) -> Result<()> {
    log_group(check, want.0).await
}

pub(crate) async fn retention(check: &CheckCx<'_>, want: Retention) -> Result<()> {
    let seen = group(check, &want.log_group).await?;
    check.is(Kept, "logs are kept as long as specified", "retentionInDays", seen.retention_in_days(), want.days);
    Ok(())
}
