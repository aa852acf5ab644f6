//! The answers of a stage to its clients: its routes, its keys, and its mock integrations.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html>
//!
//! A stage serves the API's current routes, not the deployed ones; the copy kept with a deployment only tells which VPC
//! links the stage uses. Nothing runs behind a VPC link, so a route through a link fails as on AWS without a healthy
//! backend.

use serde_json::{Value, json};

use super::{apis, keys, plans, stages};
use crate::context::Context;
use crate::document::text;
use crate::store::SavedRequest;

/// The status and body of the answer.
type Answer = (u16, String);

/// The region of a URL at the host of an API.
pub(super) fn region(uri: &str) -> Option<&str> {
    called(uri).map(|(_, region)| region)
}

/// The API id and the region in the host of a URL, if the host is that of an API.
fn called(uri: &str) -> Option<(&str, &str)> {
    let host = uri.split("://").nth(1)?.split(['/', ':', '?']).next()?;
    match host.split('.').collect::<Vec<_>>().as_slice() {
        [api, "execute-api", region, "amazonaws", "com"] => Some((*api, *region)),
        _ => None,
    }
}

/// Answers a client's request to a stage.
pub(super) fn answer(context: &Context<'_>, request: &SavedRequest) -> Answer {
    let Some((api, _)) = called(&request.uri) else { return error(403, "Forbidden") };
    let path = request.uri.splitn(4, '/').nth(3).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let (stage, path) = path.split_once('/').unwrap_or((path, ""));
    if context.document(stages::STAGE, &format!("{api}/{stage}")).is_none() {
        return error(403, "Forbidden");
    }
    let Some(method) = method(context, api, &request.method, &format!("/{path}")) else {
        // The message AWS returns for an unknown route.
        return error(403, "Missing Authentication Token");
    };
    if method["apiKeyRequired"] == true && !has_key(context, api, stage, request) {
        return error(403, "Forbidden");
    }
    match text(&method["methodIntegration"], "type") {
        "MOCK" => mock(&method["methodIntegration"]),
        _ => error(500, "Internal server error"),
    }
}

fn error(status: u16, message: &str) -> Answer {
    (status, json!({ "message": message }).to_string())
}

fn method(context: &Context<'_>, api: &str, method: &str, path: &str) -> Option<Value> {
    let kept = context.document(apis::RESOURCES, api)?;
    let resource = kept.as_array()?.iter().find(|resource| is_at(text(resource, "path"), path))?;
    let methods = &resource["resourceMethods"];
    [method, "ANY"].iter().find_map(|name| methods.get(name).cloned())
}

/// Whether a path matches a route; a part in braces matches any single part.
fn is_at(route: &str, path: &str) -> bool {
    let (route, path): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    let fits = |(route, path): (&&str, &&str)| route == path || route.starts_with('{') && !path.is_empty();
    route.len() == path.len() && route.iter().zip(&path).all(fits)
}

/// Whether the request carries the value of an enabled key that is in a usage plan with this stage.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html>
fn has_key(context: &Context<'_>, api: &str, stage: &str, request: &SavedRequest) -> bool {
    let given = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-api-key"));
    let Some((_, given)) = given else { return false };
    let of_stage = |plan: &Value| {
        let stages = plan["apiStages"].as_array();
        stages.into_iter().flatten().any(|one| text(one, "apiId") == api && text(one, "stage") == stage)
    };
    let plans: Vec<String> =
        context.documents(plans::PLAN).into_iter().filter(|(_, plan)| of_stage(plan)).map(|(id, _)| id).collect();
    context.documents(keys::KIND).into_iter().any(|(id, key)| {
        let is_in = |plan: &String| context.document(plans::MEMBER, &format!("{plan}/{id}")).is_some();
        key["enabled"] == true && text(&key, "value") == given && plans.iter().any(is_in)
    })
}

/// A mock integration answers with the status in its request template and the template of that response.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html>
fn mock(integration: &Value) -> Answer {
    let template = text(&integration["requestTemplates"], "application/json");
    let asked: Value = serde_json::from_str(template).unwrap_or_default();
    let status = asked["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    let Some(status) = status else { return error(500, "Internal server error") };
    let responses = &integration["integrationResponses"];
    let response = responses.get(status.to_string());
    match response {
        Some(response) => (status, text(&response["responseTemplates"], "application/json").to_owned()),
        None => error(500, "Internal server error"),
    }
}

#[cfg(test)]
mod tests {
    use super::{called, is_at};

    #[test]
    fn an_apis_host_names_it_and_its_region() {
        let url = "https://a1.execute-api.eu-west-1.amazonaws.com/prod/health";
        assert_eq!(called(url), Some(("a1", "eu-west-1")));
        assert_eq!(called("https://apigateway.eu-west-1.amazonaws.com/restapis/a1"), None);
    }

    #[test]
    fn a_part_in_braces_stands_for_any_one_part() {
        assert!(is_at("/videos/{id}", "/videos/7") && is_at("/health", "/health"));
        assert!(!is_at("/videos/{id}", "/videos/") && !is_at("/videos/{id}", "/videos/7/more") && !is_at("/", "/x"));
    }
}
