//! When a removal accepts "not found", which holders it reads, and when it gives up.
use crate::world::{FOREVER, Machine, PLENTY, SMALL, machine, pipeline};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use vidpipe_engine::{
    Graph, Holder, Name, Whose,
    event::{Event, Fault},
};

async fn up() -> Machine {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    m.cloud.calls.borrow_mut().clear();
    m
}

fn failures(m: &Machine) -> Vec<(String, Fault)> {
    let failed = |e: &Event| match e {
        Event::Failed { node, error, .. } => Some((node.0.clone(), error.clone())),
        _ => None,
    };
    m.events.borrow().iter().filter_map(failed).collect()
}

/// The errors shown for that node while its removal is refused.
fn refused(m: &Machine, node: &str) -> Vec<String> {
    let messages = |e: &Event| match e {
        Event::Retrying { node: n, error, .. } if n.0 == node => Some(error.message.clone()),
        _ => None,
    };
    m.events.borrow().iter().filter_map(messages).collect()
}

fn hold(m: &Machine, node: &str, whose: Whose) {
    let holder = Holder::new("endpoint", "vpce-1", whose).about("of somebody");
    m.cloud.held.borrow_mut().insert(node.into(), vec![holder]);
}

#[tokio::test(start_paused = true)]
async fn one_false_answer_forgets_nothing() {
    for node in ["net", "gate", "disk", "app"] {
        for blind in 0..=2 {
            let m = up().await;
            m.cloud.denies.borrow_mut().insert(node.into(), 1);
            m.cloud.blind.borrow_mut().insert(node.into(), blind);
            m.done(&Graph::default()).await;
            assert_eq!(m.cloud.alive(), [""; 0], "{node}, and {blind} reads that saw nothing");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_really_gone_costs_two_more_reads_and_some_seconds() {
    let m = up().await;
    m.cloud.things.borrow_mut().retain(|_, thing| thing.node != "app" && thing.node != "gate");
    sleep(Duration::from_secs(300)).await;
    let began = Instant::now();
    m.done(&Graph::default()).await;
    assert!(began.elapsed() < Duration::from_secs(35), "{:?}", began.elapsed());
    assert_eq!(m.cloud.alive(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_removal_that_was_accepted_is_only_looked_at() {
    let m = up().await;
    m.cloud.going.borrow_mut().insert("disk".into(), Duration::from_secs(600));
    m.done(&Graph::default()).await;
    for node in ["app", "gate", "disk", "net"] {
        assert_eq!(m.cloud.called(&format!("delete {node}")), 1, "{node}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_holds_ends_early_and_names_the_holder() {
    let m = up().await;
    hold(&m, "gate", Whose::Theirs);
    let began = Instant::now();
    let summary = m.go(&Graph::default(), PLENTY, FOREVER).await.unwrap();
    assert_eq!((summary.failed, summary.skipped), (1, 1), "the network stays with the gate, the rest goes");
    assert!(began.elapsed() < Duration::from_secs(90), "{:?}", began.elapsed());
    let failed = failures(&m);
    let [(node, fault)] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!((node.as_str(), fault.code.as_deref()), ("gate", Some("DependencyViolation")));
    assert!(fault.message.contains("held by endpoint vpce-1 (of somebody)"), "{fault:?}");
    assert!(fault.hint.as_ref().is_some_and(|hint| hint.contains("remove endpoint vpce-1")), "{fault:?}");
    let why = m.disk.borrow().entries[&Name::from("gate")].trouble.as_ref().map(|t| t.fault.message.clone());
    assert!(why.is_some_and(|why| why.contains("vpce-1")));
    assert_eq!(
        (m.cloud.called("holders gate"), m.cloud.called("dismiss vpce-1")),
        (2, 0),
        "it is named, and left alone"
    );

    m.cloud.held.borrow_mut().clear();
    m.done(&Graph::default()).await;
    assert_eq!(m.cloud.alive(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_going_is_waited_for_and_named_meanwhile() {
    let m = up().await;
    hold(&m, "gate", Whose::Going);
    let nothing = Graph::default();
    let (summary, ()) = tokio::join!(m.go(&nothing, PLENTY, FOREVER), async {
        sleep(Duration::from_secs(200)).await;
        m.cloud.held.borrow_mut().clear();
    });
    assert!(summary.unwrap().is_complete());
    let messages = refused(&m, "gate");
    assert!(messages.first().is_some_and(|first| !first.contains("held by")), "it is not asked at once: {messages:?}");
    assert!(
        messages.last().is_some_and(|last| last.contains("held by endpoint vpce-1 (of somebody, going)")),
        "{messages:?}"
    );
    assert!((2..=5).contains(&m.cloud.called("holders gate")), "{}", m.cloud.called("holders gate"));
}

#[tokio::test(start_paused = true)]
async fn a_foreign_holder_that_goes_meanwhile_ends_nothing() {
    let m = up().await;
    hold(&m, "gate", Whose::Theirs);
    let nothing = Graph::default();
    let (summary, ()) = tokio::join!(m.go(&nothing, PLENTY, FOREVER), async {
        sleep(Duration::from_secs(35)).await;
        m.cloud.held.borrow_mut().clear();
    });
    assert!(summary.unwrap().is_complete());
}

#[tokio::test(start_paused = true)]
async fn a_guest_is_asked_to_go_with_the_thing_it_is_in() {
    let m = up().await;
    hold(&m, "net", Whose::Guest);
    let began = Instant::now();
    m.done(&Graph::default()).await;
    assert_eq!((m.cloud.called("dismiss vpce-1"), m.cloud.alive().len()), (1, 0));
    assert!(began.elapsed() < Duration::from_secs(90), "{:?}", began.elapsed());
}
