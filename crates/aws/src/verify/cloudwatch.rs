//! CloudWatch: every alarm watches what it should, and acts.
use super::look::Look;
use crate::kinds::cloudwatch::Alarm;
use vidpipe_engine::{Result, verify::Section::AuditTrail};

pub(super) async fn alarm(look: &Look<'_>, want: Alarm) -> Result<()> {
    look.settled(AuditTrail, "it watches what it should", "DescribeAlarms").await?;
    let seen = ask!(look, "DescribeAlarms", look.aws.cloudwatch.describe_alarms().alarm_names(&want.name))?;
    let alarm = look.there(seen.metric_alarms().first())?;
    look.is(AuditTrail, "its actions are on", "ActionsEnabled", alarm.actions_enabled(), true);
    let does = alarm.alarm_actions();
    look.are(AuditTrail, "it does what it should", "AlarmActions", does, &want.actions);
    let call = look.aws.cloudwatch.list_tags_for_resource().resource_arn(alarm.alarm_arn().unwrap_or_default());
    let seen = ask!(look, "ListTagsForResource", call)?;
    look.tags(&want.name, seen.tags().iter().filter_map(|t| Some((t.key()?, t.value()?))));
    Ok(())
}
