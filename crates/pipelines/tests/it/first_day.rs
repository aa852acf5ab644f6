//! A new account: service-linked roles are created if they are missing, and only then.
use crate::harness::{Harness, PIPELINES, PLENTY, STREAMTECH};
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::{Action, Graph, Name, Stop, event::Event, sweep::read_again};
use vidpipe_sandbox::{Asked, Clock, Conditions, Fault};

const ROLE: &str = "iam:service-linked-role";

fn roles(graph: &Graph<Aws>) -> Vec<&Name> {
    graph.nodes.iter().filter(|(_, node)| node.kind.name() == ROLE).map(|(name, _)| name).collect()
}

fn may_not_make_roles(asked: &Asked<'_>) -> Option<Fault> {
    (asked.operation == "CreateServiceLinkedRole").then_some(Fault::Denied)
}

#[test]
fn nobody_is_held_by_a_role_of_the_account() {
    for text in crate::graph::OPTIONS {
        let graph = crate::graph::drawn(text, "demo").0;
        let roles = roles(&graph);
        for role in &roles {
            let users = graph.nodes.values().flat_map(|node| &node.edges).filter(|edge| edge.on == **role);
            let users: Vec<_> = users.collect();
            assert!(!users.is_empty() && users.iter().all(|edge| !edge.holds), "{text}: {role}");
        }
        assert!(roles.len() >= 3, "{text}: {roles:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn they_are_made_once_and_stay() {
    for text in PIPELINES {
        let harness = Harness::new(Clock::Instant, text).await;
        harness.sandbox.set(Conditions::default().in_fresh_account());
        let want = harness.graph(text);
        let expected = roles(&want).len();
        harness.done(&want).await;
        let made = harness.sandbox.service_linked_roles();
        assert_eq!((made.len(), harness.sandbox.made_by()["CreateServiceLinkedRole"]), (expected, expected));
        let left = harness.plan(&Graph::default()).count(Action::Leave);
        assert_eq!(left, expected, "the plan of `down` says that they stay");
        harness.down().await;
        harness.assert_nothing_left(text);
        assert_eq!(harness.sandbox.service_linked_roles(), made);
        let state = harness.disk.borrow().clone();
        let swept = read_again(&harness.aws, KINDS, &state, &Stop::default()).await.unwrap();
        assert!(swept.left().all(|found| found.service != "iam"), "{:?}", swept.found);
        // Another environment finds the existing roles.
        harness.up(text).await;
        assert_eq!(harness.sandbox.made_by()["CreateServiceLinkedRole"], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_not_make_them_needs_not_where_they_are() {
    let harness = Harness::new(Clock::Instant, STREAMTECH).await;
    harness.sandbox.set(Conditions::default().with_weather(may_not_make_roles));
    harness.up(STREAMTECH).await;
}

#[tokio::test(start_paused = true)]
async fn who_may_not_look_is_told_by_who_makes_them() {
    let harness = Harness::new(Clock::Instant, STREAMTECH).await;
    let denies_reads = |asked: &Asked<'_>| (asked.operation == "GetRole").then_some(Fault::Denied);
    harness.sandbox.set(Conditions::default().with_weather(denies_reads));
    let want = harness.graph(STREAMTECH);
    harness.go(&want, PLENTY).await;
    let nodes = harness.nodes();
    assert!(roles(&want).iter().all(|role| nodes[&role.0].0 == "ready"), "{nodes:?}");
}

#[tokio::test(start_paused = true)]
async fn where_one_is_missing_and_may_not_be_made_the_words_say_what_to_do() {
    let harness = Harness::new(Clock::Instant, STREAMTECH).await;
    harness.sandbox.set(Conditions::default().in_fresh_account().with_weather(may_not_make_roles));
    let summary = harness.go(&harness.graph(STREAMTECH), PLENTY).await;
    assert!(!summary.is_complete());
    let events = harness.events.borrow();
    let failed = |name: &str| {
        let is = |e: &&Event| matches!(e, Event::Failed { node, .. } if node.0 == name);
        let Some(Event::Failed { error, .. }) = events.iter().find(is) else { panic!("{name} has not failed") };
        error.clone()
    };
    let error = failed("database-service-role");
    assert!(error.message.contains("create the service-linked role"), "{error:?}");
    let hint = error.hint.unwrap();
    for words in ["iam:CreateServiceLinkedRole", "rds.amazonaws.com", "aws iam create-service-linked-role"] {
        assert!(hint.contains(words), "{hint}");
    }
    // No resource billed by the hour depends on the missing role.
    assert!(!harness.sandbox.made_by().contains_key("CreateDBInstance"));
}
