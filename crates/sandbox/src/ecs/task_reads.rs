//! Reads of tasks. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>

use serde_json::{Value, json};

use super::clusters;
use super::tasks::{Task, arn, family};
use crate::context::{Context, Refusal};
use crate::document::{last_part, texts, without};
use crate::wire::Ask;

pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let (now, service) = (context.age(), format!("{cluster}/{}", last_part(ask.text("serviceName"))));
    let (started_by, of_family) = (ask.text("startedBy"), ask.text("family"));
    let stopped = ask.text("desiredStatus") == "STOPPED";
    let arns: Vec<String> = (context.all::<Task>().iter())
        .filter(|(id, task)| task.cluster == cluster && !context.is_lagging(LAG, id))
        .filter(|(_, task)| task.is_wanted(now) != stopped)
        .filter(|(_, task)| ask.json["serviceName"].is_null() || task.service == service)
        .filter(|(_, task)| started_by.is_empty() || task.deployment == started_by)
        .filter(|(_, task)| of_family.is_empty() || family(&task.definition) == of_family)
        .map(|(id, _)| arn(context, &cluster, id))
        .collect();
    Ok(json!({ "taskArns": arns }))
}

/// The kind of lag of a task that RunTask has just created: it may not show yet.
pub(super) const LAG: &str = "ecs task";

pub(super) fn describe(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let hidden: &[&str] = if texts(&ask.json, "include").contains(&"TAGS") { &[] } else { &["tags"] };
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for name in texts(&ask.json, "tasks") {
        let id = last_part(name);
        match context.recall::<Task>(id).filter(|task| task.cluster == cluster && !context.is_lagging(LAG, id)) {
            Some(task) => tasks.push(without(&task.describe(context, id), hidden)),
            None => failures.push(json!({ "arn": name, "reason": "MISSING" })),
        }
    }
    Ok(json!({ "tasks": tasks, "failures": failures }))
}
