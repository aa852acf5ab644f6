//! Permissions of the services' containers: exactly the actions they use, on exactly those resources.
use super::{Wiring, data::Data};
use crate::parts::roles::{Roles, allow, log_in, pair, starts};
use serde_json::json;
use vidpipe_aws::{
    Aws,
    kinds::{
        efs::{AccessPointOutput, FileSystemOutput},
        iam::{RolePolicy, Statement},
        kms::Key,
        logs::LogGroup,
    },
};
use vidpipe_engine::{Graph, Handle};

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    service: &'static str,
    data: &Data,
    logs: &Handle<LogGroup>,
    key: Option<&Handle<Key>>,
    mounts: bool,
) -> Roles {
    let (execution, task, attachment) = pair(g, p, service);
    let (secret, design) = (data.login.arn(), data.login.key());
    let start = g.add(
        &format!("{service}-execution-role-policy"),
        (&execution, data.login.value(), logs.value(), key.filter(|_| data.login.is_made()).map(Handle::value)),
        move |(role, made, logs, key)| RolePolicy {
            role_name: role.name,
            name: "start".into(),
            statements: starts(secret(made), &logs.arn, key.map(|k| k.arn).or(design.clone())),
        },
    );
    let (facts, username) = (p.facts.clone(), p.design.database.username.clone());
    let work = g.add(
        &format!("{service}-task-role-policy"),
        (&task, data.database.value().known(), mounts.then(|| (data.files.value(), data.access.value()))),
        move |(role, database, files)| {
            let log_in = log_in(&facts, &database.resource_id, &username);
            RolePolicy { role_name: role.name, name: "work".into(), statements: works(log_in, files) }
        },
    );
    Roles { execution, task, policies: vec![start, work], attachment }
}

fn works(log_in: Statement, files: Option<(FileSystemOutput, AccessPointOutput)>) -> Vec<Statement> {
    let mount = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"];
    let use_files = |(files, access): (FileSystemOutput, AccessPointOutput)| Statement {
        conditions: Some(json!({"StringEquals": {"elasticfilesystem:AccessPointArn": access.arn}})),
        ..allow("UseFiles", &mount, files.arn)
    };
    let mut all = vec![log_in];
    all.extend(files.map(use_files));
    all
}
