//! The tables in the database: a task that runs once, from the image of a PostgreSQL client, and ends. Nobody but what is in
//! the VPC reaches the database, so it cannot be done from outside. The services do not wait for it: their containers meet
//! a database without tables after every restart of it anyway, and would wait a minute longer.
use super::{Drawing, Ground};
use crate::{
    migrations::Migration,
    parts::{cluster, roles},
};
use std::collections::BTreeMap;
use vidpipe_aws::{
    Aws,
    kinds::{
        ecs::{Container, Log, OneOffTask, TaskDefinition},
        iam::RolePolicy,
        rds::{apply_once, checksum, refuse_other},
    },
};
use vidpipe_engine::{Graph, Handle};

/// The smallest task there is.
const CPU: u32 = 256;
const MEMORY_MIB: u32 = 512;
const SERVICE: &str = "video-tables";

/// Nothing where the spec wants no tables.
pub(super) fn add(g: &mut Graph<Aws>, p: &Drawing<'_>, ground: &Ground) {
    let statements: Vec<String> = p.spec.metadata.wanted().iter().flat_map(applied).collect();
    let (Some(image), Some(tables), false) =
        (p.spec.metadata.client_image.clone(), &ground.firewall.tables, statements.is_empty())
    else {
        return;
    };
    let Ground { net, data, cluster: ecs, key, .. } = ground;
    let logs = cluster::logs(g, p, SERVICE, key.as_ref());
    let execution = roles::role(g, p, SERVICE, "execution", "Lets ECS start the task that makes the tables".into());
    let attachment = roles::managed(g, p, SERVICE, &execution);
    let (secret, own) = (data.login.arn(), data.login.key());
    let policy = g.add(
        &format!("{SERVICE}-execution-policy"),
        (
            &execution,
            data.login.value(),
            logs.value(),
            key.as_ref().filter(|_| data.login.is_made()).map(Handle::value),
        ),
        move |(role, made, logs, key)| RolePolicy {
            role_name: role.name,
            name: "start".into(),
            statements: roles::starts(secret(made), &logs.arn, key.map(|k| k.arn).or(own.clone())),
        },
    );
    let (region, family, database) = (p.facts.region.clone(), p.names.of(SERVICE), p.own.database.name.clone());
    let (container, digest, secret) = (family.clone(), checksum(&statements.concat()), data.login.arn());
    let uses = (execution.value(), logs.value(), data.database.value().known(), data.login.value());
    let task = g.add(&format!("{SERVICE}-task"), uses, move |(execution, logs, instance, made)| {
        let secret = secret(made);
        let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        // https://www.postgresql.org/docs/current/libpq-envars.html
        let environment: BTreeMap<String, String> = [
            variable("PGHOST", &instance.host),
            variable("PGPORT", &instance.port),
            variable("PGDATABASE", &database),
            variable("PGSSLMODE", "require"),
            variable("PGCONNECT_TIMEOUT", "30"),
        ]
        .into();
        TaskDefinition {
            family: family.clone(),
            cpu: CPU,
            memory: MEMORY_MIB,
            execution_role_arn: execution.arn,
            task_role_arn: String::new(),
            container: Container {
                name: family.clone(),
                image: image.clone(),
                command: command(&statements),
                port: None,
                environment,
                secrets: [
                    ("PGUSER".to_owned(), format!("{secret}:username::")),
                    ("PGPASSWORD".to_owned(), format!("{secret}:password::")),
                ]
                .into(),
                log: Log { group: logs.name, region: region.clone(), stream_prefix: SERVICE.into() },
                files: None,
            },
        }
    });
    // While it runs it holds what a service holds; it reads the database, which may go first.
    let stands_on = (
        ecs,
        &task,
        &net.private,
        (&tables.group, &tables.rules),
        (&policy, &attachment),
        &logs,
        (net.way_out(), data.database.value()),
    );
    g.add("tables", stands_on, move |(cluster, task, subnets, (group, ..), _, logs, (_, instance))| OneOffTask {
        cluster: cluster.name,
        task_definition_arn: task.arn,
        subnets: subnets.into_iter().map(|s| s.id).collect(),
        security_groups: vec![group.id],
        log_group: logs.name,
        log_stream_prefix: SERVICE.into(),
        container: container.clone(),
        // A database that was made anew has no tables, though everything else is called as before.
        digest: checksum(&format!("{digest} {}", instance.resource_id)),
    });
}

/// A migration, and that it is the one that was applied: nobody looks at the database to see.
fn applied(migration: &Migration) -> [String; 2] {
    let Migration { version, name, sql } = migration;
    let checksum = checksum(sql);
    [apply_once(version, name, &checksum, sql), refuse_other(version, &checksum)]
}

/// One `psql`, without a shell: every statement is a transaction, and the first that fails ends it.
/// <https://www.postgresql.org/docs/current/app-psql.html>
fn command(statements: &[String]) -> Vec<String> {
    let psql = ["psql", "--no-psqlrc", "--no-password", "--set=ON_ERROR_STOP=1"].map(str::to_owned);
    psql.into_iter().chain(statements.iter().map(|sql| format!("--command={sql}"))).collect()
}
