//! CloudWatch: alarms of ours, and those that target tracking makes for a service of ours and should take with it
//! ([target tracking](https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html)).
use super::{
    Probe,
    look::{Look, Mark, TAGGED, pairs},
    probe,
};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("alarms", alarms(look))]
}

async fn alarms(look: &Look<'_>) -> Result<()> {
    let clusters = look.recorded("ecs:cluster", "name");
    let tracking: Vec<String> = clusters.into_iter().map(|name| format!("TargetTracking-service/{name}/")).collect();
    let call = look.aws.cloudwatch.describe_alarms();
    let pages = async || pages!(call.clone()).all().await;
    let seen = look.ask("list the alarms", pages).await?;
    for alarm in seen.iter().flat_map(|page| page.metric_alarms()) {
        let Some(name) = alarm.alarm_name().filter(|name| look.may_be(name)) else { continue };
        if tracking.iter().any(|prefix| name.starts_with(prefix.as_str())) {
            look.left("alarm", Some(name), Some(name), "target tracking made it for a service of ours");
        } else if let Some(arn) = alarm.alarm_arn()
            && let Some(mark) = our_tags(look, arn).await?
        {
            look.left_of(&mark, "alarm", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}

async fn our_tags(look: &Look<'_>, arn: &str) -> Result<Option<Mark>> {
    let call = look.aws.cloudwatch.list_tags_for_resource().resource_arn(arn);
    let seen = look.ask_one("look at an alarm's tags", async || call.clone().send().await).await?;
    Ok(seen.and_then(|seen| look.ours(pairs(seen.tags(), |t| (t.key(), t.value())))))
}
