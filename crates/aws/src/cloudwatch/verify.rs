//! CloudWatch: every alarm has the desired settings, and its actions are enabled.
use crate::{check::CheckCx, cloudwatch::Alarm};
use vidpipe_engine::{Result, verify::Section::AuditTrail};

pub(crate) async fn alarm(check: &CheckCx<'_>, want: Alarm) -> Result<()> {
    check.settled(AuditTrail, "it watches what it should", "DescribeAlarms").await?;
    let seen = ask!(check, "DescribeAlarms", check.aws.cloudwatch.describe_alarms().alarm_names(&want.name))?;
    let alarm = check.there(seen.metric_alarms().first())?;
    check.is(AuditTrail, "its actions are on", "ActionsEnabled", alarm.actions_enabled(), true);
    let does = alarm.alarm_actions();
    check.are(AuditTrail, "it does what it should", "AlarmActions", does, &want.actions);
    let call = check.aws.cloudwatch.list_tags_for_resource().resource_arn(alarm.alarm_arn().unwrap_or_default());
    let seen = ask!(check, "ListTagsForResource", call)?;
    check.tags(&want.name, seen.tags().iter().filter_map(|t| Some((t.key()?, t.value()?))));
    Ok(())
}
