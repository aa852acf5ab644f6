//! CloudWatch Logs: log groups with our tags, and those that services made by themselves, or again, for what was ours.
//! A service gives its log group no tags, so it is known by the name of what it is for.
use super::{
    Probe,
    look::{Look, Mark, TAGGED},
    probe,
};
use crate::kinds::logs::{LogGroup, ServiceLogGroup};
use std::collections::HashMap;
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("log groups", groups(look))]
}

async fn groups(look: &Look<'_>) -> Result<()> {
    let made = by_services(look);
    for group in all!(look, "list the log groups", look.aws.logs.describe_log_groups())? {
        let Some(name) = group.log_group_name() else { continue };
        let by_service = made.iter().any(|prefix| name.starts_with(prefix.as_str()));
        let Some(arn) = group.log_group_arn().or(group.arn()) else { continue };
        if !by_service && !look.may_be(name) {
            continue;
        }
        let call = look.aws.logs.list_tags_for_resource().resource_arn(arn.trim_end_matches(":*"));
        let Some(seen) = look.ask_one("look at a log group's tags", async || call.clone().send().await).await? else {
            continue;
        };
        let tags = || pairs(seen.tags());
        if let Some(mark) = look.ours(tags()) {
            look.left_of(&mark, "log-group", Some(name), Some(name), TAGGED);
        } else if by_service && !look.is_theirs(tags()) {
            let made = ServiceLogGroup(LogGroup { name: name.into(), kms_key_arn: None });
            let why = "a service made it for what was ours";
            look.left_as(&Mark::default(), &made, Some(name), Some(name), why)?;
        }
    }
    Ok(())
}

fn pairs(tags: Option<&HashMap<String, String>>) -> impl Iterator<Item = (&str, &str)> {
    tags.into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str()))
}

/// What the names of such groups begin with. Each ends in a separator, so that a neighbour's name does not begin with it.
fn by_services(look: &Look<'_>) -> Vec<String> {
    let clusters = look.recorded("ecs:cluster", "name");
    let databases = look.recorded("rds:instance", "name");
    let apis = look.ids("apigateway:rest-api");
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-performance-entries-ECS.html
    let insights = clusters.into_iter().map(|name| format!("/aws/ecs/containerinsights/{name}/"));
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html; made again
    // after the instance is gone: hashicorp/terraform-provider-aws#42858
    let exported = databases.into_iter().map(|name| format!("/aws/rds/instance/{name}/"));
    let aurora = look.recorded("rds:cluster", "name").into_iter().map(|name| format!("/aws/rds/cluster/{name}/"));
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html; left behind:
    // serverless/serverless#8882
    let execution = apis.into_iter().map(|id| format!("API-Gateway-Execution-Logs_{id}/"));
    insights.chain(exported).chain(aurora).chain(execution).collect()
}
