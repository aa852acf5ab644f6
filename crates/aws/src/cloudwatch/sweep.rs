//! CloudWatch: our alarms, and those that target tracking creates for our services and should delete with them
//! ([target tracking](https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html)).
use crate::probe::{Mark, Probe, SweepCx, TAGGED, pairs, probe};
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("alarms", alarms(cx))]
}

async fn alarms(cx: &SweepCx<'_>) -> Result<()> {
    let clusters = cx.recorded("ecs:cluster", "name");
    let tracking: Vec<String> = clusters.into_iter().map(|name| format!("TargetTracking-service/{name}/")).collect();
    let call = cx.aws.cloudwatch.describe_alarms();
    let pages = async || pages!(call.clone()).all().await;
    let seen = cx.ask("list the alarms", pages).await?;
    for alarm in seen.iter().flat_map(|page| page.metric_alarms()) {
        let Some(name) = alarm.alarm_name().filter(|name| cx.may_be(name)) else { continue };
        if tracking.iter().any(|prefix| name.starts_with(prefix.as_str())) {
            cx.left("alarm", Some(name), Some(name), "target tracking made it for a service of ours");
        } else if let Some(arn) = alarm.alarm_arn()
            && let Some(mark) = our_tags(cx, arn).await?
        {
            cx.left_of(&mark, "alarm", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}

async fn our_tags(cx: &SweepCx<'_>, arn: &str) -> Result<Option<Mark>> {
    let call = cx.aws.cloudwatch.list_tags_for_resource().resource_arn(arn);
    let seen = cx.ask_one("read an alarm's tags", async || call.clone().send().await).await?;
    Ok(seen.and_then(|seen| cx.ours(pairs(seen.tags(), |t| (t.key(), t.value())))))
}
