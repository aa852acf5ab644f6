//! Things go wrong with the things themselves: they become `failed`, or AWS has no room for them. The run says so, the
//! next one makes them anew, and in the end nothing is left.

use super::{Subject, Tally, finish_down};
use crate::{Ended, World};
use vidpipe_engine::event::Event;
use vidpipe_sandbox::Incident;

/// An incident, what it happens to, and what the first run must make of it.
struct Case {
    incident: Incident,
    /// The kind it happens to: a pipeline without any is spared.
    kind: &'static str,
    /// AWS's own words, which the run must repeat; nothing where asking again overcomes it.
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

/// What a run says that has waited until its deadline: who learns of a failure must not.
const TOO_LATE: &str = "done within";

/// Each incident that can happen to this pipeline, once: then `up` again and `down`, and straight `down`.
pub async fn incidents(subject: &Subject) -> Tally {
    let mut tally = Tally::new("things fail");
    let graph = subject.world().await.graph();
    let there = |case: &&Case| graph.nodes.values().any(|node| node.kind.name() == case.kind);
    for case in CASES.iter().filter(there) {
        for again in [true, false] {
            let world = subject.world().await;
            world.day(subject.day.clone().with_incident(case.incident, 1));
            let mut wrong = first_run(&world, case).await;
            if again {
                if world.until_complete(&world.graph(), 3).await.is_none() {
                    wrong.push("`up` was not complete after 3 more runs".into());
                }
                wrong.extend(world.unready());
            }
            wrong.extend(finish_down(&world).await);
            tally.case(&format!("{:?}, then {}", case.incident, if again { "up, down" } else { "down" }), wrong);
        }
    }
    tally
}

/// What is wrong with how the first run ended.
async fn first_run(world: &World, case: &Case) -> Vec<String> {
    let ended = world.up().await;
    let said = failures(world);
    let mut wrong = Vec::new();
    if ended.is_complete() != case.says.is_none() {
        wrong.push(format!("the first run came to {ended:?}"));
    }
    if let (Some(words), Ended::Ran(_)) = (case.says, ended)
        && !said.iter().any(|one| one.contains(words))
    {
        wrong.push(format!("the first run did not say {words:?}, but {said:?}"));
    }
    let late = said.iter().filter(|one| one.contains(TOO_LATE));
    wrong.extend(late.map(|one| format!("the first run waited until its deadline: {one}")));
    wrong
}

/// What the run that ended last failed with.
fn failures(world: &World) -> Vec<String> {
    let failed = |event| match event {
        Event::Failed { error, .. } => Some(error.message),
        _ => None,
    };
    world.take_events().into_iter().filter_map(|(_, event)| failed(event)).collect()
}
