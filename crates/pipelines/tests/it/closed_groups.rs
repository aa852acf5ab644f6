//! A security group is recorded as closed only when that is certain: a new group's rule may become visible late.
use crate::harness::{Harness, STREAMTECH};
use std::{rc::Rc, time::Duration};
use tokio::time::{Instant, advance};
use vidpipe_aws::{
    Aws, Connection,
    kinds::ec2::{NoEgress, SecurityGroup, Vpc},
};
use vidpipe_engine::{Graph, Phase};
use vidpipe_sandbox::{Asked, Clock, Conditions, Fault, Speed};

const LATER: Duration = Duration::from_secs(600);

/// A closed group, and its VPC.
fn closed() -> Graph<Aws> {
    let mut g = Graph::default();
    let vpc = g.add("vpc", (), |()| Vpc { name: "vpc".into(), cidr: "10.0.0.0/16".into() });
    let group = g.add("group", &vpc, |vpc| SecurityGroup {
        name: "group".into(),
        description: "closed".into(),
        vpc_id: vpc.id,
    });
    g.add("closed", &group, |group| NoEgress { group_id: group.id });
    g
}

/// Whether the group allows egress, once everything is visible.
async fn lets_out(harness: &Harness) -> bool {
    advance(LATER).await;
    let id = harness.nodes()["group"].1.clone();
    let seen = harness.aws.ec2.describe_security_groups().group_ids(id).send().await.unwrap();
    !seen.security_groups()[0].ip_permissions_egress().is_empty()
}

#[tokio::test(start_paused = true)]
async fn it_is_closed_however_late_its_own_rule_shows() {
    for seed in 0..40 {
        let harness = Harness::new(Clock::Real, STREAMTECH).await;
        harness.sandbox.set(Conditions { speed: Speed::Drawn, lag: true, seed, ..Conditions::default() });
        harness.done(&closed()).await;
        assert!(!lets_out(&harness).await, "seed {seed}: recorded as closed, and open");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_costs_no_minute() {
    let harness = Harness::new(Clock::Real, STREAMTECH).await;
    let lost = std::sync::atomic::AtomicBool::new(false);
    let once = move |asked: &Asked<'_>| {
        let first =
            asked.operation == "RevokeSecurityGroupEgress" && !lost.swap(true, std::sync::atomic::Ordering::Relaxed);
        first.then_some(Fault::ResetAfter)
    };
    harness.sandbox.set(Conditions::default().with_weather(once));
    let began = Instant::now();
    harness.done(&closed()).await;
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    assert!(!lets_out(&harness).await);
}

/// A process that has not seen the rule does not trust its absence at first.
#[tokio::test(start_paused = true)]
async fn after_a_crash_it_takes_a_minute_to_be_sure() {
    let mut harness = Harness::new(Clock::Real, STREAMTECH).await;
    harness.done(&closed()).await;
    if let Some(entry) = harness.disk.borrow_mut().entries.get_mut(&"closed".into()) {
        entry.phase = Phase::Creating { refused: false };
    }
    let region = harness.disk.borrow().env.region.clone();
    let (http, interceptors) = (harness.sandbox.http_client(), harness.sandbox.interceptors());
    harness.aws = Rc::new(Aws::connect(Connection::in_process(&region, http, interceptors)).await);
    let began = Instant::now();
    harness.done(&closed()).await;
    assert!(began.elapsed() >= Duration::from_secs(60), "{:?}", began.elapsed());
    assert!(!lets_out(&harness).await);
    harness.down().await;
}
