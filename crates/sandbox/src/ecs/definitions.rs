//! Task definitions. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>

use serde_json::{Value, json};

use super::{services, tasks};
use crate::context::{Context, Refusal};
use crate::document::{default, last_part, overlay, text, texts, without};
use crate::wire::Ask;

/// The kind of task definitions, by `family:revision`.
pub(crate) const KIND: &str = "ecs:task-definition";

/// Seconds for which a deleted definition without services and tasks is still shown. Assumption: an hour.
const SHOWN: f64 = 3600.0;

fn not_found() -> Refusal {
    Refusal::new("ClientException", "Unable to describe task definition.")
}

/// Finds a definition by ARN or `family:revision`, or the latest active revision of a family.
pub(crate) fn find(context: &Context<'_>, name: &str) -> Option<(String, Value)> {
    let key = last_part(name);
    if key.contains(':') {
        return Some((key.to_owned(), context.document(KIND, key)?));
    }
    (context.documents(KIND).into_iter())
        .filter(|(_, kept)| kept["definition"]["family"] == key && kept["definition"]["status"] == "ACTIVE")
        .max_by_key(|(_, kept)| kept["definition"]["revision"].as_u64())
}

/// The name of a revision's first container.
pub(super) fn container(context: &Context<'_>, name: &str) -> String {
    let kept = find(context, name).map(|(_, kept)| kept).unwrap_or_default();
    let first = kept.pointer("/definition/containerDefinitions/0/name").and_then(Value::as_str);
    first.unwrap_or("main").to_owned()
}

/// Revision numbers of a family are never reused, not even those of deleted revisions.
pub(super) fn register(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let family = ask.text("family");
    let revision = context.next_number(&format!("task definition {family}"));
    let key = format!("{family}:{revision}");
    let mut definition = without(&ask.json, &["tags"]);
    overlay(
        &mut definition,
        &json!({
            "taskDefinitionArn": context.arn("ecs", &format!("task-definition/{key}")),
            "revision": revision,
            "status": "ACTIVE",
            "compatibilities": ["EC2", "FARGATE"],
        }),
    );
    fill_in(&mut definition);
    let kept = json!({ "definition": definition, "tags": ask.json["tags"] });
    context.remember_document(KIND, &key, kept.clone());
    Ok(described(&kept, true))
}

/// Adds AWS's defaults for the network mode of Fargate.
fn fill_in(definition: &mut Value) {
    default(definition, "volumes", json!([]));
    default(definition, "placementConstraints", json!([]));
    for container in definition["containerDefinitions"].as_array_mut().into_iter().flatten() {
        default(container, "cpu", json!(0));
        default(container, "essential", json!(true));
        for list in ["environment", "mountPoints", "volumesFrom", "portMappings"] {
            default(container, list, json!([]));
        }
        for mapping in container["portMappings"].as_array_mut().into_iter().flatten() {
            let port = mapping["containerPort"].clone();
            default(mapping, "hostPort", port);
            default(mapping, "protocol", json!("tcp"));
        }
    }
}

fn described(kept: &Value, with_tags: bool) -> Value {
    let mut answer = json!({ "taskDefinition": kept["definition"] });
    if with_tags && !kept["tags"].is_null() {
        answer["tags"] = kept["tags"].clone();
    }
    answer
}

pub(super) fn describe(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (_, kept) = find(context, ask.text("taskDefinition")).ok_or_else(not_found)?;
    Ok(described(&kept, texts(&ask.json, "include").contains(&"TAGS")))
}

pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let family = ask.text("familyPrefix");
    let status = match ask.text("status") {
        "" => "ACTIVE",
        status => status,
    };
    let mut found: Vec<Value> = (context.documents(KIND).into_iter())
        .map(|(_, kept)| kept["definition"].clone())
        .filter(|definition| definition["status"] == status)
        .filter(|definition| family.is_empty() || definition["family"] == family)
        .collect();
    found.sort_by_key(|one| (text(one, "family").to_owned(), one["revision"].as_u64()));
    if ask.text("sort") == "DESC" {
        found.reverse();
    }
    let arns: Vec<&Value> = found.iter().map(|one| &one["taskDefinitionArn"]).collect();
    Ok(json!({ "taskDefinitionArns": arns }))
}

pub(super) fn deregister(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (key, mut kept) = find(context, ask.text("taskDefinition")).ok_or_else(not_found)?;
    kept["definition"]["status"] = json!("INACTIVE");
    context.remember_document(KIND, &key, kept.clone());
    Ok(described(&kept, false))
}

/// AWS deletes inactive definitions only, and still shows them while the deletion is in progress.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (mut gone, mut failures) = (Vec::new(), Vec::new());
    for name in texts(&ask.json, "taskDefinitions") {
        let arn = context.arn("ecs", &format!("task-definition/{}", last_part(name)));
        match find(context, name) {
            None => failures.push(json!({ "arn": arn, "reason": "MISSING" })),
            Some((_, kept)) if kept["definition"]["status"] == "ACTIVE" => {
                failures.push(json!({
                    "arn": arn,
                    "reason": "The specified task definition is still in ACTIVE status. \
                               Please deregister the target and try again.",
                }));
            }
            Some((key, mut kept)) => {
                kept["definition"]["status"] = json!("DELETE_IN_PROGRESS");
                kept["deleted"] = json!(context.age());
                gone.push(kept["definition"].clone());
                context.remember_document(KIND, &key, kept);
            }
        }
    }
    Ok(json!({ "taskDefinitions": gone, "failures": failures }))
}

/// A definition under deletion is deleted when no service and no task uses it any more.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html>
pub(super) fn forget_old(context: &mut Context<'_>) {
    for (key, kept) in context.documents(KIND) {
        let long_ago = kept["deleted"].as_f64().is_some_and(|at| at + SHOWN < context.age());
        let arn = &kept["definition"]["taskDefinitionArn"];
        if long_ago && !services::any_of(context, arn) && !tasks::any_of(context, arn) {
            context.forget_document(KIND, &key);
        }
    }
}
