//! The tables in the database: a one-off task that runs a PostgreSQL client image. The database is reachable only from
//! within the VPC, so the tables cannot be created from outside. The services do not wait for the task: that would take
//! a minute longer, and their containers must handle a database without tables anyway.
use super::{Shared, Wiring};
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

/// The smallest Fargate task size.
const CPU: u32 = 256;
const MEMORY_MIB: u32 = 512;
const SERVICE: &str = "video-tables";

/// Adds nothing if the spec disables migrations.
pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared) {
    let statements: Vec<String> = p.spec.metadata.all_migrations().iter().flat_map(applied).collect();
    let (Some(image), Some(tables), false) =
        (p.spec.metadata.client_image.clone(), &shared.firewall.tables, statements.is_empty())
    else {
        return;
    };
    let Shared { net, data, cluster: ecs, key, .. } = shared;
    let logs = cluster::logs(g, p, SERVICE, key.as_ref());
    let execution = roles::role(g, p, SERVICE, "execution", "Lets ECS start the task that makes the tables".into());
    let attachment = roles::managed(g, p, SERVICE, &execution);
    let (secret, design) = (data.login.arn(), data.login.key());
    let policy = g.add(
        &format!("{SERVICE}-execution-role-policy"),
        (
            &execution,
            data.login.value(),
            logs.value(),
            key.as_ref().filter(|_| data.login.is_made()).map(Handle::value),
        ),
        move |(role, made, logs, key)| RolePolicy {
            role_name: role.name,
            name: "start".into(),
            statements: roles::starts(secret(made), &logs.arn, key.map(|k| k.arn).or(design.clone())),
        },
    );
    let (region, family, database) = (p.facts.region.clone(), p.names.of(SERVICE), p.design.database.name.clone());
    let (container, digest, secret) = (family.clone(), checksum(&statements.concat()), data.login.arn());
    let uses = (execution.value(), logs.value(), data.database.value().known(), data.login.value());
    let task = g.add(&format!("{SERVICE}-task-definition"), uses, move |(execution, logs, instance, made)| {
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
    // While it runs, the task holds what a service holds. It uses the database, which may be deleted first.
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
        // A recreated database has no tables although all names are unchanged, so the digest includes its resource id.
        digest: checksum(&format!("{digest} {}", instance.resource_id)),
    });
}

/// Two statements per migration: apply it once, and fail if another migration was applied under its version. vidpipe
/// itself does not query the database.
fn applied(migration: &Migration) -> [String; 2] {
    let Migration { version, name, sql } = migration;
    let checksum = checksum(sql);
    [apply_once(version, name, &checksum, sql), refuse_other(version, &checksum)]
}

/// Runs one `psql`, without a shell: every statement is its own transaction, and the first failure ends the run.
/// <https://www.postgresql.org/docs/current/app-psql.html>
fn command(statements: &[String]) -> Vec<String> {
    let psql = ["psql", "--no-psqlrc", "--no-password", "--set=ON_ERROR_STOP=1"].map(str::to_owned);
    psql.into_iter().chain(statements.iter().map(|sql| format!("--command={sql}"))).collect()
}
