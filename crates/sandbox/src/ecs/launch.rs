//! The preconditions of a task: roles that ECS can assume, and existing secrets and log groups.

use serde_json::Value;

use super::definitions;
use crate::context::Context;
use crate::document::{last_part, text};
use crate::logs;
use crate::secrets;
use crate::store::Name;

/// IAM is global: its facts are kept in one region.
const IAM: &str = "us-east-1";

fn in_iam(kind: &str, id: String) -> Name {
    Name { region: IAM.to_owned(), kind: kind.to_owned(), id }
}

/// Whether the role exists and is visible outside IAM.
fn can_be_assumed(context: &Context<'_>, arn: &str) -> bool {
    let name = last_part(arn);
    let there = context.store.recall(&in_iam("iam:role", name.to_owned())).is_some();
    there && context.store.stage(&in_iam("lag", format!("iam:role {name}"))).is_none()
}

fn definition(context: &Context<'_>, arn: &str) -> Value {
    definitions::find(context, arn).map_or(Value::Null, |(_, kept)| kept["definition"].clone())
}

/// ECS's error message if it cannot assume a role of the definition now.
pub(crate) fn unassumable(context: &Context<'_>, arn: &str) -> Option<String> {
    let definition = definition(context, arn);
    let roles = ["executionRoleArn", "taskRoleArn"].map(|role| text(&definition, role).to_owned());
    let role = roles.iter().find(|role| !role.is_empty() && !can_be_assumed(context, role))?;
    Some(format!(
        "ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role being \
         passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this \
         role."
    ))
}

/// ECS's event message if no task of a service can be started now. ECS retries after a while. pulumi/pulumi-awsx#927
pub(super) fn refused(context: &Context<'_>, arn: &str) -> Option<String> {
    unassumable(context, arn).map(|why| format!("failed to launch a task with (error {why})."))
}

/// The secret's ARN, without the key, stage and version that may follow it.
fn secret(value_from: &str) -> Option<String> {
    let is_secret = value_from.starts_with("arn:aws:secretsmanager:");
    is_secret.then(|| value_from.split(':').take(7).collect::<Vec<_>>().join(":"))
}

/// ECS's error message if a started task fails before its containers run.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html>
pub(super) fn fails_first(context: &Context<'_>, arn: &str) -> Option<String> {
    let definition = definition(context, arn);
    let containers: Vec<&Value> = definition["containerDefinitions"].as_array().into_iter().flatten().collect();
    without_secret(context, &containers).or_else(|| without_log_group(context, &containers))
}

/// The log group a container writes to, unless the container creates it.
fn log_group(container: &Value) -> Option<&str> {
    let log = &container["logConfiguration"];
    let own = log["options"]["awslogs-create-group"] == "true";
    (text(log, "logDriver") == "awslogs" && !own).then(|| text(&log["options"], "awslogs-group"))
}

fn without_log_group(context: &Context<'_>, containers: &[&Value]) -> Option<String> {
    let mut groups = containers.iter().filter_map(|container| log_group(container));
    groups.find(|group| !logs::is_there(context, group))?;
    Some(
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed \
         to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."
            .to_owned(),
    )
}

fn without_secret(context: &Context<'_>, containers: &[&Value]) -> Option<String> {
    let named = containers.iter().flat_map(|container| container["secrets"].as_array().into_iter().flatten());
    let mut named = named.filter_map(|one| secret(text(one, "valueFrom")));
    let missing = named.find(|arn| !secrets::is_there(context, arn))?;
    Some(format!(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: \
         unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {missing} \
         from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."
    ))
}

#[cfg(test)]
mod tests {
    use super::secret;

    #[test]
    fn a_secret_is_named_by_its_arn() {
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf";
        assert_eq!(secret(&format!("{arn}:host::")).as_deref(), Some(arn));
        assert_eq!(secret("arn:aws:ssm:eu-west-1:123456789012:parameter/db"), None);
    }
}
