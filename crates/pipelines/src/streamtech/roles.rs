//! What the services' containers may do: exactly what they use, on exactly those resources.
use super::{Parts, data::Data};
use serde_json::json;
use vidpipe_aws::{
    Aws,
    kinds::{
        efs::{AccessPointOutput, FileSystemOutput},
        iam::{Role, RolePolicy, RolePolicyAttachment, Statement},
        kms::Key,
        logs::LogGroup,
    },
};
use vidpipe_engine::{Graph, Handle};

/// The two roles of a service, and what makes them useful.
pub(super) struct Roles {
    /// What ECS does on the service's behalf: pull, log, read its secrets.
    pub(super) execution: Handle<Role>,
    /// What the containers do themselves.
    pub(super) task: Handle<Role>,
    pub(super) policies: Vec<Handle<RolePolicy>>,
    pub(super) attachment: Handle<RolePolicyAttachment>,
}

const ECS_TASKS: &str = "ecs-tasks.amazonaws.com";

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Parts<'_>,
    service: &'static str,
    data: &Data,
    logs: &Handle<LogGroup>,
    key: Option<&Handle<Key>>,
    mounts: bool,
) -> Roles {
    let mut role = |what: &str, description: String| {
        let name = p.names.account_wide(&format!("{service}-{what}"));
        g.add(&format!("{service}-{what}-role"), (), move |()| Role {
            name: name.clone(),
            description: description.clone(),
            service: ECS_TASKS.into(),
        })
    };
    let execution = role("execution", format!("Lets ECS start the {service} service's containers"));
    let task = role("task", format!("What the {service} service's containers may do"));

    let managed = format!("arn:{}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", p.facts.partition);
    let attachment = g.add(&format!("{service}-execution-managed"), &execution, move |role| RolePolicyAttachment {
        role_name: role.name,
        policy_arn: managed.clone(),
    });
    let start = g.add(
        &format!("{service}-execution-policy"),
        (&execution, data.database_secret.value(), logs.value(), key.map(Handle::value)),
        |(role, secret, logs, key)| RolePolicy {
            role_name: role.name,
            name: "start".into(),
            statements: starts(secret.arn, &logs.arn, key.map(|k| k.arn)),
        },
    );
    let (account, partition, region) = (p.facts.account.clone(), p.facts.partition.clone(), p.facts.region.clone());
    let username = p.spec.database.username.clone();
    let work = g.add(
        &format!("{service}-task-policy"),
        (&task, data.database.value().known(), mounts.then(|| (data.files.value(), data.access.value()))),
        move |(role, database, files)| {
            let user = format!("arn:{partition}:rds-db:{region}:{account}:dbuser:{}/{username}", database.resource_id);
            RolePolicy { role_name: role.name, name: "work".into(), statements: works(user, files) }
        },
    );
    Roles { execution, task, policies: vec![start, work], attachment }
}

fn allow(sid: &str, actions: &[&str], resource: String) -> Statement {
    Statement {
        sid: sid.into(),
        actions: actions.iter().map(|a| (*a).to_owned()).collect(),
        resources: vec![resource],
        conditions: None,
    }
}

fn starts(secret: String, logs: &str, key: Option<String>) -> Vec<Statement> {
    let secret_actions = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
    let mut all = vec![
        allow("ReadSecret", &secret_actions, secret),
        allow("WriteLogs", &["logs:CreateLogStream", "logs:PutLogEvents"], format!("{logs}:*")),
    ];
    all.extend(key.map(|key| allow("Decrypt", &["kms:Decrypt"], key)));
    all
}

fn works(user: String, files: Option<(FileSystemOutput, AccessPointOutput)>) -> Vec<Statement> {
    let mount = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
    let use_files = |(files, access): (FileSystemOutput, AccessPointOutput)| Statement {
        conditions: Some(json!({"StringEquals": {"elasticfilesystem:AccessPointArn": access.arn}})),
        ..allow("UseFiles", &mount, files.arn)
    };
    let mut all = vec![allow("ConnectToDatabase", &["rds-db:connect"], user)];
    all.extend(files.map(use_files));
    all
}
