//! What the ECS kinds share: tags and networks in ECS's own types, whether an answer tells of all that was asked for, and why
//! a task stopped. It makes no calls.
use crate::{Cx, error::told, tags};
use aws_sdk_ecs::types::{AssignPublicIp, AwsVpcConfiguration, NetworkConfiguration, Tag, Task};
use vidpipe_engine::{Class, Error, Result};

/// One tag.
pub(crate) fn tag(key: impl Into<String>, value: impl Into<String>) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// The node's tags.
pub(crate) fn tags(cx: &Cx, name: &str) -> Vec<Tag> {
    tags::typed(cx, name, tag)
}

/// Keys and values.
pub(crate) fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

/// The value of one tag.
pub(crate) fn value<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    pairs(tags).find(|(k, _)| *k == key).map(|(_, v)| v)
}

/// What an answer shows, if it tells of everything that was asked for: ECS lists what is not there as
/// [failures](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html). Of what is in neither
/// list it says nothing, and surely not that it is gone.
pub(crate) fn shown<T, F>(
    asked: usize,
    shown: Option<Vec<T>>,
    failures: Option<Vec<F>>,
    doing: &str,
) -> Result<Vec<T>> {
    let shown = shown.unwrap_or_default();
    let all = shown.len() + failures.map_or(0, |failures| failures.len()) >= asked;
    told(all.then_some(shown), doing)
}

/// Where tasks run, and whether they have public addresses.
pub(crate) fn network(subnets: &[String], groups: &[String], public: bool) -> Result<NetworkConfiguration> {
    let vpc = AwsVpcConfiguration::builder()
        .set_subnets(Some(subnets.to_vec()))
        .set_security_groups(Some(groups.to_vec()))
        .assign_public_ip(if public { AssignPublicIp::Enabled } else { AssignPublicIp::Disabled })
        .build()
        .map_err(|e| Error::new(Class::Invalid, format!("write the network of ECS tasks: {e}")).caused_by(e))?;
    Ok(NetworkConfiguration::builder().awsvpc_configuration(vpc).build())
}

/// The task's reason and, where there is one, its container's: a pull that failed, or an exit code.
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
        let said = stop_reason(&task.build());
        assert_eq!(
            said.as_deref(),
            Some("Essential container in task exited (CannotPullContainerError: no such image)")
        );
    }
}
