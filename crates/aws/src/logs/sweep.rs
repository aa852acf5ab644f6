//! CloudWatch Logs: log groups with our tags, and those that services created, or created again, for resources of
//! ours. Services do not tag their log groups, so these are recognized by the name of their resource.
use crate::{
    logs::{LogGroup, ServiceLogGroup},
    probe::{Mark, Probe, SweepCx, TAGGED, probe},
};
use std::collections::HashMap;
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("log groups", groups(cx))]
}

async fn groups(cx: &SweepCx<'_>) -> Result<()> {
    let made = by_services(cx);
    for group in all!(cx, "list the log groups", cx.aws.logs.describe_log_groups())? {
        let Some(name) = group.log_group_name() else { continue };
        let by_service = made.iter().any(|prefix| name.starts_with(prefix.as_str()));
        let Some(arn) = group.log_group_arn().or(group.arn()) else { continue };
        if !by_service && !cx.may_be(name) {
            continue;
        }
        let call = cx.aws.logs.list_tags_for_resource().resource_arn(arn.trim_end_matches(":*"));
        let Some(seen) = cx.ask_one("read a log group's tags", async || call.clone().send().await).await? else {
            continue;
        };
        let tags = || pairs(seen.tags());
        if let Some(mark) = cx.ours(tags()) {
            cx.left_of(&mark, "log-group", Some(name), Some(name), TAGGED);
        } else if by_service && !cx.is_theirs(tags()) {
            let made = ServiceLogGroup(LogGroup { name: name.into(), kms_key_arn: None });
            let why = "a service made it for what was ours";
            cx.left_as(&Mark::default(), &made, Some(name), Some(name), why)?;
        }
    }
    Ok(())
}

fn pairs(tags: Option<&HashMap<String, String>>) -> impl Iterator<Item = (&str, &str)> {
    tags.into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str()))
}

/// The prefixes of such names. Each ends in a separator, so that it does not match a longer resource name.
fn by_services(cx: &SweepCx<'_>) -> Vec<String> {
    let clusters = cx.recorded("ecs:cluster", "name");
    let databases = cx.recorded("rds:instance", "name");
    let apis = cx.ids("apigateway:rest-api");
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-performance-entries-ECS.html
    let insights = clusters.into_iter().map(|name| format!("/aws/ecs/containerinsights/{name}/"));
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html;
    // created again after the instance is deleted: hashicorp/terraform-provider-aws#42858
    let exported = databases.into_iter().map(|name| format!("/aws/rds/instance/{name}/"));
    let aurora = cx.recorded("rds:cluster", "name").into_iter().map(|name| format!("/aws/rds/cluster/{name}/"));
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html; left behind:
    // serverless/serverless#8882
    let execution = apis.into_iter().map(|id| format!("API-Gateway-Execution-Logs_{id}/"));
    insights.chain(exported).chain(aurora).chain(execution).collect()
}
