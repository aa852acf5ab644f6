//! Resources fail: their status becomes `failed`, or AWS lacks capacity. The run reports it, the next run recreates
//! them, and in the end nothing is left.

use super::{Subject, Tally, finish_down};
use crate::{Ended, Harness};
use vidpipe_engine::event::Event;
use vidpipe_sandbox::Incident;

/// An incident, the kind it affects, and the expected result of the first run.
struct Case {
    incident: Incident,
    /// The affected kind: pipelines without it skip the case.
    kind: &'static str,
    /// The status message that AWS returns and the run must report; `None` if a retry overcomes the incident.
    says: Option<&'static str>,
}

const fn fails(incident: Incident, kind: &'static str, says: &'static str) -> Case {
    Case { incident, kind, says: Some(says) }
}

const fn passes(incident: Incident, kind: &'static str) -> Case {
    Case { incident, kind, says: None }
}

const CASES: &[Case] = &[
    fails(Incident::NatFails, "ec2:nat-gateway", "is in an invalid state"),
    fails(Incident::DatabaseIncompatible, "rds:instance", "incompatible-parameters"),
    passes(Incident::DatabaseWithoutCapacity, "rds:instance"),
    fails(Incident::ClusterInstanceFails, "rds:cluster-instance", "incompatible-network"),
    passes(Incident::DatabaseResumes, "rds:migration"),
    fails(Incident::CacheFails, "elasticache:replication-group", "create-failed"),
    passes(Incident::CacheWithoutCapacity, "elasticache:replication-group"),
    fails(Incident::BalancerFails, "elb:load-balancer", "could not be set up"),
    passes(Incident::BalancerStumbles, "elb:load-balancer"),
    fails(Incident::BalancersForbidden, "elb:load-balancer", "does not support creating load balancers"),
    fails(Incident::LinkFails, "apigateway:vpc-link", "could not be set up"),
    fails(Incident::TasksCrash, "ecs:service", "Essential container in task exited"),
    fails(Incident::OneOffFails, "ecs:one-off-task", "Essential container in task exited"),
    fails(Incident::MountTargetFails, "efs:mount-target", "error"),
    passes(Incident::GuardDuty, "ecs:service"),
];

/// The message of a run that waited until its deadline, which must not happen if the failure is detected.
const TOO_LATE: &str = "done within";

/// Each incident that applies to this pipeline, once: followed by `up` again and `down`, and by `down` directly.
pub async fn incidents(subject: &Subject) -> Tally {
    let mut tally = Tally::new("things fail");
    let graph = subject.harness().await.graph();
    let there = |case: &&Case| graph.nodes.values().any(|node| node.kind.name() == case.kind);
    for case in CASES.iter().filter(there) {
        for again in [true, false] {
            let harness = subject.harness().await;
            harness.day(subject.day.clone().with_incident(case.incident, 1));
            let mut wrong = first_run(&harness, case).await;
            if again {
                if harness.until_complete(&harness.graph(), 3).await.is_none() {
                    wrong.push("`up` was not complete after 3 more runs".into());
                }
                wrong.extend(harness.unready());
            }
            wrong.extend(finish_down(&harness).await);
            tally.case(&format!("{:?}, then {}", case.incident, if again { "up, down" } else { "down" }), wrong);
        }
    }
    tally
}

/// The violations in how the first run ended.
async fn first_run(harness: &Harness, case: &Case) -> Vec<String> {
    let ended = harness.up().await;
    let messages = failures(harness);
    let mut wrong = Vec::new();
    if ended.is_complete() != case.says.is_none() {
        wrong.push(format!("the first run came to {ended:?}"));
    }
    if let (Some(words), Ended::Ran(_)) = (case.says, ended)
        && !messages.iter().any(|message| message.contains(words))
    {
        wrong.push(format!("the first run did not say {words:?}, but {messages:?}"));
    }
    let late = messages.iter().filter(|message| message.contains(TOO_LATE));
    wrong.extend(late.map(|one| format!("the first run waited until its deadline: {one}")));
    wrong
}

/// The error messages of the last run.
fn failures(harness: &Harness) -> Vec<String> {
    let failed = |event| match event {
        Event::Failed { error, .. } => Some(error.message),
        _ => None,
    };
    harness.take_events().into_iter().filter_map(|(_, event)| failed(event)).collect()
}
