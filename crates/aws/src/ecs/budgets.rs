//! [Throttling](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html) of the ECS API, which
//! counts by category, not by action.
use crate::budgets::{is_read, rate};
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    vec![match action {
        "DeleteTaskDefinitions" => ("task definition deletion", rate(5.0, 1.0)),
        _ if action.contains("TaskDefinition") && !is_read(action) => ("task definition changes", rate(20.0, 1.0)),
        _ if action.contains("Cluster") && is_read(action) => ("cluster reads", rate(50.0, 20.0)),
        _ if action.contains("Cluster") => ("cluster changes", rate(20.0, 1.0)),
        _ if is_read(action) => ("service reads", rate(100.0, 20.0)),
        _ => ("service changes", rate(50.0, 5.0)),
    }]
}
