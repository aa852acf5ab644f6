//! Permissions of the workers' containers: read that stream, write to that queue and that topic, log in to that
//! database.
use super::{Wiring, worker::Shared};
use crate::parts::roles::{Roles, allow, log_in, pair, starts};
use vidpipe_aws::{
    Aws,
    kinds::{iam::RolePolicy, logs::LogGroup},
};
use vidpipe_engine::{Graph, Handle};

/// The Kinesis actions of a consumer.
/// <https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html>
const READ: [&str; 5] = [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
];

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    service: &'static str,
    shared: &Shared,
    logs: &Handle<LogGroup>,
) -> Roles {
    let Shared { database, stream, messages, key, .. } = shared;
    let (execution, task, attachment) = pair(g, p, service);
    let key = || key.as_ref().map(Handle::value);
    let start = g.add(
        &format!("{service}-execution-role-policy"),
        (&execution, database.cluster.value(), logs.value(), key()),
        |(role, cluster, logs, key)| RolePolicy {
            role_name: role.name,
            name: "start".into(),
            statements: starts(cluster.secret_arn, &logs.arn, key.map(|k| k.arn)),
        },
    );
    let (facts, username) = (p.facts.clone(), p.design.database.username.clone());
    let iam = p.design.database.iam_authentication;
    let work = g.add(
        &format!("{service}-task-role-policy"),
        (
            &task,
            stream.value().known(),
            messages.queue.value(),
            messages.topic.value(),
            database.cluster.value(),
            key(),
        ),
        move |(role, stream, queue, topic, cluster, key)| {
            let mut statements = vec![
                allow("ReadStream", &READ, stream.arn),
                allow("SendDeadLetters", &["sqs:GetQueueUrl", "sqs:SendMessage"], queue.arn),
                allow("Alert", &["sns:Publish"], topic.arn),
                // The password may be rotated while a task runs; the task then reads it again.
                allow("ReadSecret", &["secretsmanager:GetSecretValue"], cluster.secret_arn),
            ];
            statements.extend(iam.then(|| log_in(&facts, &cluster.resource_id, &username)));
            statements.extend(key.map(|key| allow("Decrypt", &["kms:Decrypt"], key.arn)));
            RolePolicy { role_name: role.name, name: "work".into(), statements }
        },
    );
    Roles { execution, task, policies: vec![start, work], attachment }
}
