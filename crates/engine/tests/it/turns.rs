//! Calls that wait for a rate-limit slot of an API with a call budget.
use crate::world::{PLENTY, SMALL, machine, pipeline};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use vidpipe_engine::{Limits, Stop, acquire, event::Event};

const LONG: Duration = Duration::from_secs(300);

#[tokio::test(start_paused = true)]
async fn one_that_waits_keeps_no_place() {
    let m = machine();
    m.cloud.turns.borrow_mut().insert("gate".into(), LONG);
    let (runner, plan) =
        (m.limited(PLENTY, Stop::default(), Limits { calls: 1, ..Limits::default() }), m.plan(&pipeline(SMALL)));
    // Long before its slot is due, everything that does not need the gate is created, though only one call may be in
    // flight.
    let _ = timeout(Duration::from_secs(150), runner.run(&plan)).await;
    let made: Vec<_> = m.phases().into_iter().filter(|(_, phase)| *phase == "ready").map(|(name, _)| name).collect();
    assert_eq!(made, ["disk", "flag", "net"]);
    let queued = |e: &Event| match e {
        Event::Queued { node, budget, pause, .. } => Some((node.to_string(), budget.clone(), *pause)),
        _ => None,
    };
    let reported: Vec<_> = m.events.borrow().iter().filter_map(queued).collect();
    assert_eq!(reported, [("gate".into(), "creates".into(), LONG)]);
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_when_the_run_stops_is_not_made() {
    let m = machine();
    m.cloud.turns.borrow_mut().insert("gate".into(), LONG);
    let (stop, began) = (Stop::default(), Instant::now());
    let (runner, plan) = (m.runner(PLENTY, stop.clone()), m.plan(&pipeline(SMALL)));
    let (summary, ()) = tokio::join!(runner.run(&plan), async {
        sleep(Duration::from_secs(150)).await;
        stop.ask();
    });
    assert!(summary.unwrap().stopped && began.elapsed() < Duration::from_secs(160));
    assert_eq!(m.cloud.called("create gate"), 0);
    m.cloud.turns.borrow_mut().clear();
    m.done(&pipeline(SMALL)).await;
    assert_eq!(m.cloud.called("create gate"), 1);
}

#[tokio::test(start_paused = true)]
async fn outside_of_a_run_it_is_only_a_pause() {
    let began = Instant::now();
    acquire("reads".into(), LONG).await;
    assert_eq!(began.elapsed(), LONG);
}
