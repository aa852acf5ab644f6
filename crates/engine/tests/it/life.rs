//! The behaviour of a run with and without failures.
use crate::{
    cloud::Cloud,
    world::{App, Disk, FOREVER, Gate, Net, Out, PLENTY, SMALL, machine, pipeline},
};
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_engine::{
    Action, Clock, Graph, Name, Phase, Stop,
    event::{Event, Halt},
    pace::{Span, Timing, Timings},
};

#[tokio::test(start_paused = true)]
async fn up_again_changes_nothing_and_calls_nothing() {
    let m = machine();
    let first = m.done(&pipeline(SMALL)).await;
    assert_eq!(first.changed, 5);
    let calls = m.cloud.calls.borrow().len();
    let again = m.done(&pipeline(SMALL)).await;
    assert_eq!((again.done, again.changed), (0, 0));
    assert_eq!(m.cloud.calls.borrow().len(), calls);
}

#[tokio::test(start_paused = true)]
async fn as_wide_as_the_graph_allows() {
    let m = machine();
    let began = Instant::now();
    m.done(&pipeline(SMALL)).await;
    // Two steps of 30 s and their calls, not four: gate, disk and app overlap, because the app needs only the outputs
    // of the gate.
    assert!(began.elapsed() < Duration::from_secs(110), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_may_go_together_goes_together() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    let began = Instant::now();
    m.done(&Graph::default()).await;
    assert!(began.elapsed() < Duration::from_secs(45), "app and disk at once, gate, net: {:?}", began.elapsed());
    assert_eq!(m.cloud.called("flag flag"), 1, "a setting goes with its owner: it was set once and never unset");
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_waited_for_while_something_of_it_shows() {
    let (m, shows) = (machine(), Duration::from_secs(100));
    m.done(&pipeline(SMALL)).await;
    m.cloud.lingers.borrow_mut().insert("disk".into(), shows);
    let began = Instant::now();
    m.done(&Graph::default()).await;
    // While the deletion is in progress, it is only polled.
    assert_eq!(m.cloud.called("delete disk"), 1);
    assert!(began.elapsed() > shows, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_run_asked_to_go_is_not_waited_for_anew() {
    let (mut m, going) = (machine(), Duration::from_secs(100));
    m.done(&pipeline(SMALL)).await;
    // The deletion is known to take this long, so an earlier poll is useless.
    let span = |s: f64| Span { min: s, typical: s, max: s };
    m.timings = Timings::new([("Disk".into(), Timing { create: span(30.0), delete: span(100.0) })].into());
    m.clock = Some(Clock::start());
    m.cloud.going.borrow_mut().insert("disk".into(), going);
    let began = Instant::now();
    assert!(m.go(&Graph::default(), PLENTY, Duration::from_secs(60)).await.is_none());
    m.events.borrow_mut().clear();
    m.done(&Graph::default()).await;
    assert!(began.elapsed() < going + Duration::from_secs(20), "{:?}", began.elapsed());
    let disk = |e: &Event| match e {
        Event::Planned { tasks, .. } => tasks.iter().find(|t| t.node.0 == "disk").map(|t| t.usual),
        _ => None,
    };
    let usual = m.events.borrow().iter().find_map(disk).unwrap();
    assert!((38..=42).contains(&usual.as_secs()), "{usual:?}");
    // This run does not know the total duration.
    let waited = |e: &Event| matches!(e, Event::Finished { node, waited: Some(_), .. } if node.0 == "disk");
    assert!(!m.events.borrow().iter().any(waited));
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_is_no_longer_wanted_is_unset() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    let mut g = pipeline(SMALL);
    g.nodes.shift_remove(&Name::from("flag"));
    m.done(&g).await;
    assert_eq!((m.cloud.flags(), m.cloud.alive().len()), (0, 4));
}

#[tokio::test(start_paused = true)]
async fn transitions_that_arrive_together_share_a_write() {
    let m = machine();
    let mut g = Graph::default();
    for i in 0..100 {
        g.add(&format!("net-{i}"), (), |()| Net { size: 1 });
    }
    // By then every intent and every response is recorded, in four rounds of 32 calls.
    m.go(&g, PLENTY, Duration::from_millis(8_500)).await;
    assert!(m.phases().len() == 100 && m.phases().values().all(|p| *p == "waiting"));
    let saves = *m.saves.borrow();
    assert!(saves <= 8, "100 nodes, 200 transitions, {saves} writes");
}

#[tokio::test(start_paused = true)]
async fn a_failure_skips_its_users_and_the_rest_goes_on() {
    let m = machine();
    m.cloud.refuse.borrow_mut().insert("gate".into());
    let summary = m.go(&pipeline(SMALL), PLENTY, FOREVER).await.unwrap();
    assert_eq!((summary.failed, summary.skipped), (1, 1));
    assert_eq!(m.cloud.alive(), ["disk", "net"]);
    let disk = m.disk.borrow().clone();
    let gate = &disk.entries[&Name::from("gate")];
    assert!(matches!(gate.phase, Phase::Creating { refused: true, .. }), "a clear no leaves nothing to look for");
    assert_eq!(gate.trouble.as_ref().map(|t| t.fault.message.as_str()), Some("you may not"));

    m.cloud.refuse.borrow_mut().clear();
    m.done(&pipeline(SMALL)).await;
    assert_eq!(m.cloud.alive().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_is_neither_taken_nor_deleted() {
    let m = machine();
    m.cloud.foreign("disk");
    let summary = m.go(&pipeline(SMALL), PLENTY, FOREVER).await.unwrap();
    assert_eq!(summary.failed, 1);
    let reported = m.events.borrow().iter().any(|e| {
        matches!(e, Event::Failed { node, error, .. } if node.0 == "disk"
            && error.hint.as_deref().is_some_and(|h| h.contains("lineage")))
    });
    assert!(reported, "the error says whose it is not");
    m.done(&Graph::default()).await;
    assert_eq!(m.cloud.alive(), ["foreign"]);
}

#[tokio::test(start_paused = true)]
async fn what_became_somebody_elses_is_left_alone_by_down() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    m.cloud.things.borrow_mut().remove("disk");
    m.cloud.foreign("disk");
    tokio::time::advance(Duration::from_secs(60)).await;
    let summary = m.go(&Graph::default(), PLENTY, FOREVER).await.unwrap();
    assert!(summary.is_complete(), "for us it is gone: {summary:?}");
    assert_eq!(m.cloud.alive(), ["foreign"]);
    let named = |e: &Event| matches!(e, Event::Theirs { node, theirs, .. } if node.0 == "disk" && theirs == "theirs");
    assert!(m.events.borrow().iter().any(named), "it is named");
}

#[tokio::test(start_paused = true)]
async fn what_will_never_be_ready_is_made_anew_by_the_next_up() {
    let m = machine();
    m.cloud.break_next.borrow_mut().insert("gate".into());
    let summary = m.go(&pipeline(SMALL), PLENTY, FOREVER).await.unwrap();
    assert!(!summary.is_complete());
    m.done(&pipeline(SMALL)).await;
    assert_eq!(m.cloud.alive().len(), 4);
    assert_eq!(m.cloud.called("create gate"), 2);
}

/// An app that begins on the outputs of a gate, through a disk that is ready long before the gate.
fn app_behind_a_gate() -> Graph<Cloud> {
    let mut g = Graph::default();
    let gate = g.add("gate", (), |()| Gate { size: 1, net: None });
    let disk = g.add("disk", gate.known(), |gate: Out| Disk { size: 1, net: gate.id });
    g.add("app", &disk, |disk: Out| App { size: 1, net: disk.id, gate: None });
    g
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_something_that_failed_ends_soon_and_says_for_what() {
    let m = machine();
    m.cloud.slow.borrow_mut().insert("app".into(), Duration::from_secs(700));
    let fail = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        m.cloud.fail("gate");
    };
    m.cloud.slow.borrow_mut().insert("gate".into(), Duration::from_secs(100));
    let began = Instant::now();
    let (graph, power) = (app_behind_a_gate(), FOREVER);
    let (summary, ()) = tokio::join!(m.go(&graph, PLENTY, power), fail);
    let summary = summary.unwrap();
    assert_eq!((summary.done, summary.failed, summary.skipped), (1, 2, 0));
    assert!(began.elapsed() < Duration::from_secs(65), "{:?}", began.elapsed());
    let reported = m.events.borrow().iter().any(|e| {
        matches!(e, Event::Failed { node, error, .. }
            if node.0 == "app" && error.message.ends_with("what it depends on failed: gate"))
    });
    assert!(reported, "the failure names what it comes from");
    assert_eq!(m.phases()["app"], "waiting", "the next run goes on from there");
    m.cloud.slow.borrow_mut().clear();
    m.done(&graph).await;
    assert_eq!(m.cloud.alive(), ["app", "disk", "gate"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_removed_by_hand_is_no_hindrance_to_down() {
    let m = machine();
    m.done(&pipeline(SMALL)).await;
    m.cloud.things.borrow_mut().clear();
    m.done(&Graph::default()).await;
    assert!(m.disk.borrow().entries.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_is_heard_within_two_seconds_and_loses_nothing() {
    for after in [1, 2, 3, 7, 20, 33, 40, 50, 66, 70] {
        let m = machine();
        let stop = Stop::default();
        let runner = m.runner(PLENTY, stop.clone());
        let (plan, began) = (m.plan(&pipeline(SMALL)), Instant::now());
        let asked = async {
            tokio::time::sleep(Duration::from_secs(after)).await;
            stop.ask();
        };
        let (summary, ()) = tokio::join!(runner.run(&plan), asked);
        assert!(summary.unwrap().stopped);
        assert!(began.elapsed() < Duration::from_secs(after + 2), "{:?}", began.elapsed());
        assert!(m.events.borrow().contains(&Event::Stopping { why: Halt::Asked }));
        m.done(&pipeline(SMALL)).await;
        let mut made = m.cloud.made.borrow().clone();
        made.sort();
        assert_eq!(made, ["app", "disk", "gate", "net"], "stopped after {after} s");
    }
}

#[tokio::test(start_paused = true)]
async fn outputs_come_from_what_is_there() {
    let m = machine();
    let g = pipeline(SMALL);
    let runner = m.runner(PLENTY, Stop::default());
    assert!(runner.outputs(&g).is_err(), "nothing is there yet");
    runner.run(&m.plan(&g)).await.unwrap();
    assert_eq!(runner.outputs(&g).unwrap()["AppId"], "app");
}

#[tokio::test(start_paused = true)]
async fn a_replacement_found_out_late_is_done_when_nothing_stands_on_it() {
    // The replacement of the disk is only known once its new network is.
    let m = machine();
    let two = |second: bool| {
        let mut g = Graph::default();
        let a = g.add("a", (), |()| Net { size: 1 });
        let b = g.add("b", (), |()| Net { size: 1 });
        let on = if second { &b } else { &a };
        g.add("disk", on, |net: Out| Disk { size: 1, net: net.id });
        g
    };
    m.done(&two(false)).await;
    m.done(&two(true)).await;
    assert_eq!(m.cloud.called("create disk"), 2);
    assert_eq!(m.cloud.alive(), ["a", "b", "disk"]);
    let plan = m.plan(&two(true));
    assert_eq!(plan.count(Action::Keep), 3);
}
