//! Tasks without a service: RunTask starts them, they end by themselves, and StopTask ends them early.
//!
//! The log output of a task is sent to CloudWatch Logs when it is due, as the log driver does.
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>

use serde_json::{Value, json};

use super::tasks::{self, Stop, Task};
use super::{clusters, definitions, insights, launch, providers, task_reads};
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::document::{last_part, text};
use crate::logs;
use crate::timing;
use crate::wire::Ask;

/// The shares of the total time after which the container runs and ends. Assumption: most of the time is the start.
const RUNS: f64 = 0.7;
const ONE_SHOT: f64 = 0.85;
/// Seconds for which a client token identifies a request, as long as its task is kept.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html>
const TOKEN: f64 = 86_400.0;
/// The output of psql for a statement that succeeds, and for one that fails.
const WORKED: &str = "CREATE TABLE";
const FAILED: &str = "ERROR:  syntax error at or near \"TABEL\"";

/// The tasks of the cluster that were started with that client token.
fn of_token(context: &Context<'_>, cluster: &str, token: &str) -> Vec<(String, Task)> {
    let now = context.age();
    let same = |task: &Task| task.cluster == cluster && text(&task.request, "clientToken") == token;
    let all = context.all::<Task>().into_iter();
    all.filter(|(_, task)| !token.is_empty() && same(task) && now < task.created + TOKEN).collect()
}

fn answer(context: &Context<'_>, ids: &[String]) -> Value {
    let described = |id: &String| context.recall::<Task>(id).map(|task| task.describe(context, id));
    json!({ "tasks": ids.iter().filter_map(described).collect::<Vec<Value>>(), "failures": [] })
}

pub(super) fn run(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let there = of_token(context, &cluster, ask.text("clientToken"));
    if there.iter().any(|(_, task)| task.request != ask.json) {
        let arns: Vec<String> = there.iter().map(|(id, _)| tasks::arn(context, &cluster, id)).collect();
        let message = "The provided clientToken is already in use with a different RunTask request.";
        return Err(Refusal::new("ConflictException", message).with(json!({ "resourceIds": arns })));
    }
    if !there.is_empty() {
        let ids: Vec<String> = there.into_iter().map(|(id, _)| id).collect();
        return Ok(answer(context, &ids));
    }
    let count = usize::try_from(ask.json["count"].as_u64().unwrap_or(1)).unwrap_or(1);
    let made: Vec<String> = (0..count).map(|turn| start(context, ask, &cluster, turn)).collect();
    Ok(answer(context, &made))
}

fn start(context: &mut Context<'_>, ask: &Ask, cluster: &str, turn: usize) -> String {
    let named = definitions::find(context, ask.text("taskDefinition")).map(|(_, kept)| kept).unwrap_or_default();
    let arn = text(&named["definition"], "taskDefinitionArn").to_owned();
    let now = context.age();
    let mut task = Task::new(cluster, ask.text("startedBy"), &arn, ask.json["launchType"].clone(), now);
    task.service = String::new();
    task.request = ask.json.clone();
    task.provider = providers::of_turn(&ask.json["capacityProviderStrategy"], turn);
    let fails = context.goes_wrong(Incident::OneOffFails);
    plan(context, &mut task, fails);
    let id = tasks::place(context, task, &ask.json["networkConfiguration"], turn);
    write_log(context, &id, fails);
    tasks::leave(context, &id);
    context.lags(task_reads::LAG, &id, "ecs_one_off_task");
    id
}

/// Plans the times of a task: when its container runs, when the container ends, and when the task is stopped.
fn plan(context: &Context<'_>, task: &mut Task, fails: bool) {
    let (now, all) = (task.created, context.takes(timing::create("ecs_one_off_task")));
    let stop = |at: f64, code: &str, reason: String, exit| {
        let code = code.to_owned();
        Some(Stop { at, stopping: at, stopped: now + all, code, reason, exit, unheard: false })
    };
    if let Some(why) = launch::fails_first(context, &task.definition).or_else(|| without_log(context, &task.definition))
    {
        task.stop = stop(now + all * RUNS, "TaskFailedToStart", why, None);
        return;
    }
    task.runs = Some(now + all * RUNS);
    let why = "Essential container in task exited".to_owned();
    task.stop = stop(now + all * ONE_SHOT, "EssentialContainerExited", why, Some(i64::from(fails)));
}

/// The log group and the stream of a task's first container, if it writes to CloudWatch Logs.
fn stream(context: &Context<'_>, definition: &str, id: &str) -> Option<(String, String)> {
    let (_, kept) = definitions::find(context, definition)?;
    let options = kept.pointer("/definition/containerDefinitions/0/logConfiguration/options")?;
    let (group, prefix) = (text(options, "awslogs-group"), text(options, "awslogs-stream-prefix"));
    let container = definitions::container(context, definition);
    let stream = if prefix.is_empty() { id.to_owned() } else { format!("{prefix}/{container}/{id}") };
    (!group.is_empty()).then(|| (group.to_owned(), stream))
}

/// A container that cannot write its log does not start.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html>
fn without_log(context: &Context<'_>, definition: &str) -> Option<String> {
    let (group, _) = stream(context, definition, "")?;
    (!logs::is_there(context, &group)).then(|| {
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to \
         create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."
            .to_owned()
    })
}

/// Sends the container's output, when it runs and when it ends. Assumption: one line in the wording of psql.
fn write_log(context: &mut Context<'_>, id: &str, fails: bool) {
    let Some((task, runs)) = context.recall::<Task>(id).and_then(|task| task.runs.map(|runs| (task, runs))) else {
        return;
    };
    let Some((group, stream)) = stream(context, &task.definition, id) else {
        return;
    };
    let (now, ends) = (context.age(), task.stop.as_ref().map_or(runs, |stop| stop.at));
    let of = json!({ "logGroupName": group, "logStreamName": stream });
    let create = logs::request(context, "CreateLogStream", &of);
    context.send_later(&stream, create, runs - now);
    let mut line = of;
    line["logEvents"] = json!([{ "timestamp": 0, "message": if fails { FAILED } else { WORKED } }]);
    let put = logs::request(context, "PutLogEvents", &line);
    context.send_later(&stream, put, ends - now);
}

/// Applies the effects of running tasks.
pub(super) fn advance(context: &mut Context<'_>) {
    let now = context.age();
    for (_, task) in context.all::<Task>() {
        if task.service.is_empty() && task.is_running(now) {
            insights::appear(context, &task.cluster);
        }
    }
}

pub(super) fn stop(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let id = last_part(ask.text("task")).to_owned();
    let there = |context: &Context<'_>| context.recall::<Task>(&id).filter(|task| task.cluster == cluster);
    if there(context).is_none() {
        return Err(Refusal::new("InvalidParameterException", "The referenced task was not found."));
    }
    let reason = match ask.text("reason") {
        "" => "Task stopped by user",
        reason => reason,
    };
    tasks::stop(context, &id, 0.0, "UserInitiated", reason);
    Ok(json!({ "task": there(context).map(|task| task.describe(context, &id)) }))
}
