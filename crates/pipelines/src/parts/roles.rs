//! The two IAM roles of a service, and their policy statements: exactly the actions the containers use, on exactly
//! those resources.
use super::Parts;
use vidpipe_aws::{
    Aws, Facts,
    kinds::iam::{Role, RolePolicy, RolePolicyAttachment, Statement},
};
use vidpipe_engine::{Graph, Handle};

/// The two roles of a service, with their policies.
pub(crate) struct Roles {
    /// The execution role: ECS pulls images, writes logs and reads secrets under it.
    pub(crate) execution: Handle<Role>,
    /// The task role: the containers call AWS under it.
    pub(crate) task: Handle<Role>,
    pub(crate) policies: Vec<Handle<RolePolicy>>,
    pub(crate) attachment: Handle<RolePolicyAttachment>,
}

const ECS_TASKS: &str = "ecs-tasks.amazonaws.com";

/// A role for the tasks of that service. `what` is its purpose, in one word.
pub(crate) fn role<D>(
    g: &mut Graph<Aws>,
    p: &Parts<'_, D>,
    service: &str,
    what: &str,
    description: String,
) -> Handle<Role> {
    let name = p.names.account_wide(&format!("{service}-{what}"));
    g.add(&format!("{service}-{what}-role"), (), move |()| Role {
        name: name.clone(),
        description: description.clone(),
        service: ECS_TASKS.into(),
    })
}

/// Attaches the managed policy that lets ECS pull images and write logs under that role.
pub(crate) fn managed<D>(
    g: &mut Graph<Aws>,
    p: &Parts<'_, D>,
    service: &str,
    execution: &Handle<Role>,
) -> Handle<RolePolicyAttachment> {
    let managed = format!("arn:{}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", p.facts.partition);
    g.add(&format!("{service}-execution-managed-policy"), execution, move |role| RolePolicyAttachment {
        role_name: role.name,
        policy_arn: managed.clone(),
    })
}

/// A service's two roles, without their inline policies.
pub(crate) fn pair<D>(
    g: &mut Graph<Aws>,
    p: &Parts<'_, D>,
    service: &str,
) -> (Handle<Role>, Handle<Role>, Handle<RolePolicyAttachment>) {
    let execution = role(g, p, service, "execution", format!("Lets ECS start the {service} service's containers"));
    let task = role(g, p, service, "task", format!("What the {service} service's containers may do"));
    let attachment = managed(g, p, service, &execution);
    (execution, task, attachment)
}

/// Allows those actions on that resource.
pub(crate) fn allow(sid: &str, actions: &[&str], resource: String) -> Statement {
    Statement {
        sid: sid.into(),
        actions: actions.iter().map(|a| (*a).to_owned()).collect(),
        resources: vec![resource],
        conditions: None,
    }
}

/// The permissions ECS needs to start a container: to read its secret, to decrypt it, and to write to its log group.
pub(crate) fn starts(secret: String, logs: &str, key: Option<String>) -> Vec<Statement> {
    let secret_actions = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    let mut all = vec![
        allow("ReadSecret", &secret_actions, secret),
        allow("WriteLogs", &["logs:CreateLogStream", "logs:PutLogEvents"], format!("{logs}:*")),
    ];
    all.extend(key.map(|key| allow("Decrypt", &["kms:Decrypt"], key)));
    all
}

/// Allows IAM authentication to the database with that resource id as that user.
pub(crate) fn log_in(facts: &Facts, resource_id: &str, user: &str) -> Statement {
    let Facts { partition, region, account, .. } = facts;
    let user = format!("arn:{partition}:rds-db:{region}:{account}:dbuser:{resource_id}/{user}");
    allow("ConnectToDatabase", &["rds-db:connect"], user)
}
