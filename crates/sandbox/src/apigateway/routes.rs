//! The routes through each VPC link: the current routes of an API, and those its stages serve.

use serde_json::Value;

use super::{apis, links, stages};
use crate::context::Context;
use crate::document::text;

/// The methods of a list of resources that lead through a VPC link: method, resource and link.
fn through_links(resources: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for resource in resources.as_array().into_iter().flatten() {
        for (method, described) in resource["resourceMethods"].as_object().into_iter().flatten() {
            let integration = &described["methodIntegration"];
            if text(integration, "connectionType") == "VPC_LINK" {
                let link = text(integration, "connectionId").to_owned();
                found.push((method.clone(), text(resource, "id").to_owned(), link));
            }
        }
    }
    found
}

/// The routes that use a link, in AWS's form: `{api}:{method}:{resource}`, with the stage where a stage serves the
/// route.
pub(crate) fn users_of_link(context: &Context<'_>, link: &str) -> Vec<String> {
    let mut users = Vec::new();
    for (api, resources) in context.documents(apis::RESOURCES) {
        let own = through_links(&resources).into_iter().filter(|(_, _, to)| to == link);
        users.extend(own.map(|(method, resource, _)| format!("{api}:{method}:{resource}")));
    }
    for (key, stage) in context.documents(stages::STAGE) {
        let (api, name) = key.split_once('/').unwrap_or_default();
        let served = format!("{api}/{}", text(&stage, "deploymentId"));
        let routes = context.document(stages::DEPLOYED, &served).unwrap_or_default();
        let own = through_links(&routes).into_iter().filter(|(_, _, to)| to == link);
        users.extend(own.map(|(method, resource, _)| format!("{api}:{method}:{resource}:{name}")));
    }
    users
}

/// The first link of the API's routes that does not exist or is neither available nor pending.
pub(crate) fn dead_link(context: &Context<'_>, api: &str) -> Option<String> {
    let routes = context.document(apis::RESOURCES, api)?;
    let lives = |id: &str| {
        let link = context.document(links::KIND, id);
        link.is_some_and(|link| ["AVAILABLE", "PENDING"].contains(&links::status(context, id, &link).as_str()))
    };
    through_links(&routes).into_iter().map(|(_, _, link)| link).find(|link| !lives(link))
}
