//! ECS: clusters, services and tasks on Fargate.
use crate::{
    Cx,
    declare::{Api, AwsService, kind},
    error::complete,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ecs::types::{AssignPublicIp, AwsVpcConfiguration, NetworkConfiguration, Tag, Task};
use vidpipe_engine::{Class, Error, Result};

mod batched;
mod budgets;
mod capacity_providers;
mod cluster;
pub(crate) mod codes;
mod one_off_task;
pub(crate) mod owner;
mod service;
mod sweep;
mod task_definition;
pub(crate) mod verify;

pub use capacity_providers::*;
pub use cluster::*;
pub use one_off_task::*;
pub use service::*;
pub use task_definition::*;

/// The roles of tasks.
pub(crate) const PASS_ROLE: Permission = allow(&["iam:PassRole"]).on(&["arn:aws:iam::*:role/{iam:role.name}"]).when(
    "StringEquals",
    "iam:PassedToService",
    &["ecs-tasks.amazonaws.com"],
);

pub(crate) const SERVICE: AwsService = AwsService {
    name: "ecs",
    apis: &[Api { sdk: "ecs", name: "ECS", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[
        kind::<Cluster>(),
        kind::<CapacityProviders>(),
        kind::<TaskDefinition>(),
        kind::<OneOffTask>(),
        kind::<Service>(),
    ],
    probes: sweep::probes,
    sweep: &[allow(&[
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListClusters",
        "ecs:ListServices",
        "ecs:ListTaskDefinitions",
        "ecs:ListTasks",
    ])
    .to_sweep()],
};

/// A tag.
pub(crate) fn tag(key: impl Into<String>, value: impl Into<String>) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// The node's tags.
pub(crate) fn tags(cx: &Cx, name: &str) -> Vec<Tag> {
    tags::typed(cx, name, tag)
}

/// The keys and values of the tags.
pub(crate) fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

/// The value of the tag with this key.
pub(crate) fn value<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    pairs(tags).find(|(k, _)| *k == key).map(|(_, v)| v)
}

/// Returns the described items if the answer accounts for everything requested. ECS lists what does not exist as
/// [failures](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html). An item in
/// neither list may well exist, so the answer is then an error.
pub(crate) fn described<T, F>(
    asked: usize,
    described: Option<Vec<T>>,
    failures: Option<Vec<F>>,
    doing: &str,
) -> Result<Vec<T>> {
    let described = described.unwrap_or_default();
    let all = described.len() + failures.map_or(0, |failures| failures.len()) >= asked;
    complete(all.then_some(described), doing)
}

/// The network configuration of tasks: subnets, security groups, and whether they have public addresses.
pub(crate) fn network(subnets: &[String], groups: &[String], public: bool) -> Result<NetworkConfiguration> {
    let vpc = AwsVpcConfiguration::builder()
        .set_subnets(Some(subnets.to_vec()))
        .set_security_groups(Some(groups.to_vec()))
        .assign_public_ip(if public { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled })
        .build()
        .map_err(|e| Error::new(Class::Invalid, format!("write the network of ECS tasks: {e}")).caused_by(e))?;
    Ok(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
}

/// The task's stop reason and, if any, its container's: a failed pull, or an exit code.
pub(crate) fn stop_reason(task: &Task) -> Option<String> {
    let own = task.stopped_reason();
    let mut containers = task.containers().iter();
    let inner = containers
        .find_map(|c| c.reason().map(str::to_owned).or_else(|| c.exit_code().map(|code| format!("exit code {code}"))));
    match (own, inner) {
        (Some(own), Some(inner)) if !own.contains(&inner) => Some(format!("{own} ({inner})")),
        (Some(own), _) => Some(own.to_owned()),
        (None, inner) => inner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ecs::types::Container;

    #[test]
    fn a_stopped_task_names_its_containers_reason_once() {
        let container = Container::builder().reason("CannotPullContainerError: no such image").build();
        let task = Task::builder().containers(container).stopped_reason("Essential container in task exited");
        let message = stop_reason(&task.build());
        assert_eq!(
            message.as_deref(),
            Some("Essential container in task exited (CannotPullContainerError: no such image)")
        );
    }
}
