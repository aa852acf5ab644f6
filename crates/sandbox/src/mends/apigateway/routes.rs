//! Which routes lead through which VPC link: those of an API as they are now, and as its stages serve them.

use serde_json::Value;

use super::{apis, links, stages};
use crate::context::Context;
use crate::mends::document::text;

/// Every method of a list of resources with the link it leads through: method, resource and link.
fn through_links(resources: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for resource in resources.as_array().into_iter().flatten() {
        for (method, shown) in resource["resourceMethods"].as_object().into_iter().flatten() {
            let integration = &shown["methodIntegration"];
            if text(integration, "connectionType") == "VPC_LINK" {
                let link = text(integration, "connectionId").to_owned();
                found.push((method.clone(), text(resource, "id").to_owned(), link));
            }
        }
    }
    found
}

/// Who names a link, in AWS's form: `{api}:{method}:{resource}`, and the stage where one serves it.
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

/// The first link a route of the API leads through that there is not, or that leads nowhere any more.
pub(crate) fn dead_link(context: &Context<'_>, api: &str) -> Option<String> {
    let routes = context.document(apis::RESOURCES, api)?;
    let lives = |id: &str| {
        let link = context.document(links::KIND, id);
        link.is_some_and(|link| ["AVAILABLE", "PENDING"].contains(&links::status(context, id, &link).as_str()))
    };
    through_links(&routes).into_iter().map(|(_, _, link)| link).find(|link| !lives(link))
}
