//! Responses about newly created resources, and for how long they are accepted or retried.
use crate::{
    cloud::Cloud,
    world::{FOREVER, Gate, Machine, Net, Out, PLENTY, machine},
};
use std::time::Duration;
use tokio::time::{Instant, advance};
use vidpipe_engine::{
    Class, Clock, Error, Graph, Name, Phase, Trouble,
    event::{Event, Fault},
};

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A gate in a network.
fn gate() -> Graph<Cloud> {
    let mut g = Graph::default();
    let net = g.add("net", (), |()| Net { size: 1 });
    g.add("gate", &net, |net: Out| Gate { size: 1, net: net.id });
    g
}

/// The network alone.
fn net() -> Graph<Cloud> {
    let mut g = Graph::default();
    g.add("net", (), |()| Net { size: 1 });
    g
}

/// An "access denied" on passing a role: because the role is young, or permanently.
fn not_allowed() -> Error {
    Error {
        otherwise: Some(Class::Denied),
        call: Some("ECS RegisterTaskDefinition".into()),
        request_id: Some("r-1".into()),
        ..Error::new(Class::Propagating, "you may not pass it").code("AccessDenied").hint("allow it")
    }
}

fn not_spread() -> Error {
    Error::new(Class::Propagating, "it does not show yet")
}

fn takes_minutes() -> Error {
    Error { patience: Some(300), ..Error::new(Class::Propagating, "the service's own role") }
}

fn unheard_of() -> Error {
    Error::new(Class::Unrecognized, "try the other door").code("Odd")
}

fn held() -> Error {
    let call = Some("EC2 DeleteVpc".into());
    Error {
        call,
        request_id: Some("r-2".into()),
        ..Error::new(Class::Busy, "eni-1 holds it").code("DependencyViolation")
    }
    .hint("remove eni-1")
}

/// Run to the end. Returns whether it was complete, and the duration.
async fn run(m: &Machine, want: &Graph<Cloud>) -> (bool, Duration) {
    let began = Instant::now();
    let summary = m.go(want, PLENTY, FOREVER).await.unwrap();
    (summary.is_complete(), began.elapsed())
}

fn failed(m: &Machine, node: &str) -> Fault {
    let fault = |e: &Event| match e {
        Event::Failed { node: n, error, .. } if n.0 == node => Some(error.clone()),
        _ => None,
    };
    m.events.borrow().iter().rev().find_map(fault).unwrap()
}

fn trouble(m: &Machine, node: &str) -> Trouble {
    m.disk.borrow().entries[&Name::from(node)].trouble.clone().unwrap()
}

/// The maximum remaining retry time, as reported with each retry.
fn left(m: &Machine) -> Vec<Duration> {
    let left = |e: &Event| match e {
        Event::Retrying { left, .. } => *left,
        _ => None,
    };
    m.events.borrow().iter().filter_map(left).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_not_allowed_of_a_young_thing_is_asked_again_and_said_how_long() {
    let m = machine();
    m.cloud.object("create gate", not_allowed, Some(s(200)));
    assert!(run(&m, &gate()).await.0);
    let left = left(&m);
    assert!(left.len() > 10 && left.is_sorted_by(|a, b| a > b), "{left:?}");
    assert!(left[0] <= s(300) && left[0] > s(280), "{:?}", left[0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_never_allowed_ends_as_denied_once_nothing_is_young() {
    let m = machine();
    m.cloud.object("create gate", not_allowed, None);
    let (complete, took) = run(&m, &gate()).await;
    assert!(!complete && took > s(300) && took < s(360), "{took:?}");
    assert_eq!(failed(&m, "gate").hint.as_deref(), Some("allow it"));
    let entry = m.disk.borrow().entries[&Name::from("gate")].clone();
    assert!(matches!(entry.phase, Phase::Creating { refused: true, .. }), "a clear no leaves nothing to look for");
    let Fault { message, call, code, request_id, hint } = entry.trouble.unwrap().fault;
    assert_eq!((message.as_str(), call.as_deref()), ("you may not pass it", Some("ECS RegisterTaskDefinition")));
    assert_eq!((code.as_deref(), request_id.as_deref()), (Some("AccessDenied"), Some("r-1")));
    assert_eq!(hint.as_deref(), Some("allow it"));
}

#[tokio::test(start_paused = true)]
async fn of_an_old_thing_it_is_meant() {
    let mut m = machine();
    m.clock = Some(Clock::start());
    m.done(&net()).await;
    advance(s(301)).await;
    m.cloud.object("create gate", not_allowed, None);
    let (complete, took) = run(&m, &gate()).await;
    assert!(!complete && took < s(5), "{took:?}");
    assert_eq!(m.cloud.called("create gate"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_show_yet_is_waited_for_as_long_as_something_is_young() {
    for (old, lasts, shows) in
        [(false, s(290), true), (false, s(360), false), (true, s(100), true), (true, s(150), false)]
    {
        let mut m = machine();
        m.clock = Some(Clock::start());
        m.done(&net()).await;
        if old {
            advance(s(301)).await;
        }
        m.cloud.object("create gate", not_spread, Some(lasts));
        assert_eq!(run(&m, &gate()).await.0, shows, "{old} {lasts:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_takes_a_service_minutes_is_given_them() {
    let mut m = machine();
    m.clock = Some(Clock::start());
    m.done(&net()).await;
    advance(s(301)).await;
    m.cloud.object("create gate", takes_minutes, Some(s(280)));
    assert!(run(&m, &gate()).await.0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_nobody_knows_is_asked_again_for_a_while_and_never_believed() {
    let m = machine();
    m.cloud.object("create gate", unheard_of, Some(s(50)));
    assert!(run(&m, &gate()).await.0, "it passed");

    let m = machine();
    m.cloud.object("create gate", unheard_of, None);
    let (complete, took) = run(&m, &gate()).await;
    assert!(!complete && took > s(60) && took < s(90), "30 s after the network's 30 s: {took:?}");
    let entry = m.disk.borrow().entries[&Name::from("gate")].clone();
    assert!(matches!(entry.phase, Phase::Creating { refused: false }), "it may have been made");
    assert_eq!(entry.trouble.unwrap().fault.code.as_deref(), Some("Odd"));
}

#[tokio::test(start_paused = true)]
async fn what_is_hidden_for_minutes_is_not_gone() {
    let m = machine();
    m.cloud.hidden.borrow_mut().insert("net".into(), (s(280), s(280)));
    assert!(run(&m, &gate()).await.0);
    assert_eq!(m.cloud.called("create net"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_found_is_not_gone_though_no_look_shows_it() {
    let m = machine();
    m.cloud.hidden.borrow_mut().insert("net".into(), (s(500), s(0)));
    assert!(run(&m, &gate()).await.0);
    assert_eq!(m.cloud.called("create net"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_ever_saw_is_looked_for_before_it_is_called_gone() {
    let m = machine();
    m.cloud.hidden.borrow_mut().insert("net".into(), (FOREVER, s(340)));
    // It is found in the minute after it should have become visible, and then it is waited for until the deadline,
    // which comes too early for another search.
    let (complete, took) = run(&m, &net()).await;
    assert!(!complete && took > s(890), "{took:?}");
    assert!(!trouble(&m, "net").broken);

    let m = machine();
    m.cloud.hidden.borrow_mut().insert("net".into(), (FOREVER, FOREVER));
    let (complete, took) = run(&m, &net()).await;
    assert!(!complete && took > s(350) && took < s(420), "{took:?}");
    assert!(trouble(&m, "net").fault.message.contains("it was never seen"));
}

#[tokio::test(start_paused = true)]
async fn what_was_seen_and_is_missed_for_a_moment_is_not_gone() {
    let m = machine();
    m.cloud.slow.borrow_mut().insert("net".into(), s(700));
    let miss = async {
        tokio::time::sleep(s(500)).await;
        m.cloud.hidden.borrow_mut().insert("net".into(), (s(520), s(520)));
    };
    let graph = net();
    let ((complete, _), ()) = tokio::join!(run(&m, &graph), miss);
    assert!(complete);
    assert_eq!(m.cloud.called("create net"), 1);

    let m = machine();
    m.cloud.slow.borrow_mut().insert("net".into(), s(700));
    let go = async {
        tokio::time::sleep(s(500)).await;
        m.cloud.things.borrow_mut().clear();
    };
    let ((complete, took), ()) = tokio::join!(run(&m, &graph), go);
    assert!(!complete && took < s(560), "{took:?}");
    assert!(trouble(&m, "net").fault.message.contains("something else removed it"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_ends_after_refusals_ends_with_the_last_of_them() {
    let m = machine();
    m.done(&gate()).await;
    m.cloud.object("delete gate", held, None);
    assert!(!run(&m, &Graph::default()).await.0);
    let fault = failed(&m, "gate");
    assert!(fault.message.ends_with("eni-1 holds it"), "{fault:?}");
    assert_eq!((fault.call.as_deref(), fault.code.as_deref()), (Some("EC2 DeleteVpc"), Some("DependencyViolation")));
    assert_eq!((fault.request_id.as_deref(), fault.hint.as_deref()), (Some("r-2"), Some("remove eni-1")));
    assert_eq!(trouble(&m, "gate").fault, fault, "the state keeps what was told");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_takes_no_reason_back() {
    let m = machine();
    m.done(&gate()).await;
    m.cloud.object("delete gate", held, Some(s(899)));
    let lose = async {
        tokio::time::sleep(s(899)).await;
        m.cloud.object("delete gate", || Error::new(Class::Unclear, "the connection was reset"), None);
    };
    let nothing = Graph::default();
    let ((complete, _), ()) = tokio::join!(run(&m, &nothing), lose);
    assert!(!complete);
    assert_eq!(failed(&m, "gate").code.as_deref(), Some("DependencyViolation"));
}
