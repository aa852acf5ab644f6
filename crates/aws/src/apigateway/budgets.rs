//! [Quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html) of the management API. The limit of
//! `CreateRestApi` is for regional APIs.
use crate::budgets::{each_s, one_in_s, rate};
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    own(action).map(|rate| (action, rate)).into_iter().chain([("management", rate(40.0, 10.0))]).collect()
}

fn own(action: &str) -> Option<Rate> {
    Some(match action {
        "CreateApiKey" | "CreateResource" | "DeleteResource" => each_s(5.0),
        "CreateDeployment" => one_in_s(5.0),
        "CreateRestApi" | "ImportRestApi" => one_in_s(3.0),
        "DeleteRestApi" => one_in_s(30.0),
        "GetResources" => rate(5.0, 2.5),
        "PutRestApi" => each_s(1.0),
        "UpdateUsagePlan" => one_in_s(20.0),
        _ => return None,
    })
}
