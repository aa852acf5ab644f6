//! What the workers' containers may do: read that stream, write to that queue and that topic, log in to that database.
use super::{Drawing, worker::Ground};
use crate::parts::roles::{Roles, allow, log_in, pair, starts};
use vidpipe_aws::{
    Aws,
    kinds::{iam::RolePolicy, logs::LogGroup},
};
use vidpipe_engine::{Graph, Handle};

/// What a reader of a stream calls.
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
    p: &Drawing<'_>,
    service: &'static str,
    ground: &Ground,
    logs: &Handle<LogGroup>,
) -> Roles {
    let Ground { database, stream, messages, key, .. } = ground;
    let (execution, task, attachment) = pair(g, p, service);
    let key = || key.as_ref().map(Handle::value);
    let start = g.add(
        &format!("{service}-execution-policy"),
        (&execution, database.cluster.value(), logs.value(), key()),
        |(role, cluster, logs, key)| RolePolicy {
            role_name: role.name,
            name: "start".into(),
            statements: starts(cluster.secret_arn, &logs.arn, key.map(|k| k.arn)),
        },
    );
    let (facts, username) = (p.facts.clone(), p.own.database.username.clone());
    let iam = p.own.database.iam_authentication;
    let work = g.add(
        &format!("{service}-task-policy"),
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
                // The password changes while a task runs, which then reads it again.
                allow("ReadSecret", &["secretsmanager:GetSecretValue"], cluster.secret_arn),
            ];
            statements.extend(iam.then(|| log_in(&facts, &cluster.resource_id, &username)));
            statements.extend(key.map(|key| allow("Decrypt", &["kms:Decrypt"], key.arn)));
            RolePolicy { role_name: role.name, name: "work".into(), statements }
        },
    );
    Roles { execution, task, policies: vec![start, work], attachment }
}
