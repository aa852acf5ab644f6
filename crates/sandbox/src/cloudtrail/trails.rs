//! Trails. <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html>

use serde_json::{Value, json};

use super::deliveries;
use crate::context::{Context, Refusal};
use crate::document::{default, last_part, overlay, text, texts, without};
use crate::wire::Ask;

/// The kind of trails, by name.
pub(crate) const KIND: &str = "cloudtrail:trail";

/// The name of a call's trail, from its name or ARN.
fn named_in(ask: &Ask) -> String {
    last_part(ask.text("Name")).to_owned()
}

fn known(context: &Context<'_>, name: &str) -> Result<Value, Refusal> {
    let unknown = || Refusal::new("TrailNotFoundException", format!("Unknown trail: {name}"));
    context.document(KIND, name).ok_or_else(unknown)
}

/// A trail as AWS shows it.
fn described(trail: &Value) -> Value {
    without(trail, &["Logging", "TagsList"])
}

/// The settings of a request, under the field names of the answer.
fn settings(ask: &Ask) -> Value {
    let mut settings = without(&ask.json, &["Name", "TagsList", "EnableLogFileValidation"]);
    settings["LogFileValidationEnabled"] = ask.json["EnableLogFileValidation"].clone();
    settings
}

pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let name = named_in(ask);
    let mut trail = settings(ask);
    for (field, value) in [
        ("LogFileValidationEnabled", json!(false)),
        ("IncludeGlobalServiceEvents", json!(true)),
        ("IsMultiRegionTrail", json!(false)),
        ("IsOrganizationTrail", json!(false)),
    ] {
        default(&mut trail, field, value);
    }
    let ours = json!({
        "Name": name,
        "TrailARN": context.arn("cloudtrail", &format!("trail/{name}")),
        "HomeRegion": context.region,
        "HasCustomEventSelectors": false,
        "HasInsightSelectors": false,
        "TagsList": ask.json["TagsList"],
        "Logging": false,
    });
    overlay(&mut trail, &ours);
    context.remember_document(KIND, &name, trail.clone());
    Ok(described(&trail))
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    Ok(json!({ "Trail": described(&known(context, &named_in(ask))?) }))
}

pub(super) fn describe(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let names = texts(&ask.json, "trailNameList");
    let all = context.documents(KIND).into_iter();
    let requested = all.filter(|(name, _)| names.is_empty() || names.iter().any(|n| last_part(n) == name));
    let trails: Vec<Value> = requested.map(|(_, trail)| described(&trail)).collect();
    Ok(json!({ "trailList": trails }))
}

pub(super) fn list(context: &mut Context<'_>, _: &Ask) -> Result<Value, Refusal> {
    let each = |trail: &Value| json!({ "Name": trail["Name"], "TrailARN": trail["TrailARN"], "HomeRegion": trail["HomeRegion"] });
    let trails: Vec<Value> = context.documents(KIND).iter().map(|(_, trail)| each(trail)).collect();
    Ok(json!({ "Trails": trails }))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let name = named_in(ask);
    let mut trail = known(context, &name)?;
    overlay(&mut trail, &settings(ask));
    if trail["Logging"] == true {
        deliveries::stop(context, text(&trail, "TrailARN"));
        deliveries::start(context, &trail);
    }
    context.remember_document(KIND, &name, trail.clone());
    Ok(described(&trail))
}

/// Events already recorded are still delivered.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let name = named_in(ask);
    let trail = known(context, &name)?;
    deliveries::stop(context, text(&trail, "TrailARN"));
    context.forget_document(KIND, &name);
    Ok(json!({}))
}

pub(super) fn status(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    Ok(json!({ "IsLogging": known(context, &named_in(ask))?["Logging"] }))
}

pub(super) fn start(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    logging(context, &named_in(ask), true)
}

pub(super) fn stop(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    logging(context, &named_in(ask), false)
}

fn logging(context: &mut Context<'_>, name: &str, on: bool) -> Result<Value, Refusal> {
    let mut trail = known(context, name)?;
    match (on, trail["Logging"] == true) {
        (true, false) => deliveries::start(context, &trail),
        (false, true) => deliveries::stop(context, text(&trail, "TrailARN")),
        _ => {}
    }
    trail["Logging"] = json!(on);
    context.remember_document(KIND, name, trail);
    Ok(json!({}))
}
