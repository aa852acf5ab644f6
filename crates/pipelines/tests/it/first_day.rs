//! The first day of an account: the roles that AWS's own services act under are made where they are missing, and only there.
use crate::world::{PIPELINES, PLENTY, STREAMTECH, World};
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::{Action, Graph, Name, Stop, event::Event, sweep::look_again};
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
        let world = World::new(Clock::Instant, text).await;
        world.sandbox.set(Conditions::default().in_fresh_account());
        let want = world.graph(text);
        let wanted = roles(&want).len();
        world.done(&want).await;
        let made = world.sandbox.service_linked_roles();
        assert_eq!((made.len(), world.sandbox.made_by()["CreateServiceLinkedRole"]), (wanted, wanted));
        let left = world.plan(&Graph::default()).count(Action::Leave);
        assert_eq!(left, wanted, "the plan of `down` says that they stay");
        world.down().await;
        world.assert_nothing_left(text);
        assert_eq!(world.sandbox.service_linked_roles(), made);
        let state = world.disk.borrow().clone();
        let swept = look_again(&world.aws, KINDS, &state, &Stop::default()).await.unwrap();
        assert!(swept.left().all(|found| found.service != "iam"), "{:?}", swept.found);
        // Another environment finds them.
        world.up(text).await;
        assert_eq!(world.sandbox.made_by()["CreateServiceLinkedRole"], wanted);
    }
}

#[tokio::test(start_paused = true)]
async fn who_may_not_make_them_needs_not_where_they_are() {
    let world = World::new(Clock::Instant, STREAMTECH).await;
    world.sandbox.set(Conditions::default().with_weather(may_not_make_roles));
    world.up(STREAMTECH).await;
}

#[tokio::test(start_paused = true)]
async fn who_may_not_look_is_told_by_who_makes_them() {
    let world = World::new(Clock::Instant, STREAMTECH).await;
    let looks = |asked: &Asked<'_>| (asked.operation == "GetRole").then_some(Fault::Denied);
    world.sandbox.set(Conditions::default().with_weather(looks));
    let want = world.graph(STREAMTECH);
    world.go(&want, PLENTY).await;
    let nodes = world.nodes();
    assert!(roles(&want).iter().all(|role| nodes[&role.0].0 == "ready"), "{nodes:?}");
}

#[tokio::test(start_paused = true)]
async fn where_one_is_missing_and_may_not_be_made_the_words_say_what_to_do() {
    let world = World::new(Clock::Instant, STREAMTECH).await;
    world.sandbox.set(Conditions::default().in_fresh_account().with_weather(may_not_make_roles));
    let summary = world.go(&world.graph(STREAMTECH), PLENTY).await;
    assert!(!summary.is_complete());
    let events = world.events.borrow();
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
    // Nothing that bills by the hour stands on what is missing.
    assert!(!world.sandbox.made_by().contains_key("CreateDBInstance"));
}
