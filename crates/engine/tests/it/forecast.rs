//! Forecasts, and the critical paths they contain.
use crate::world::{App, Gate, KINDS, Net, Out, PLENTY, SMALL, Sizes, machine, pipeline};
use std::time::Duration;
use tokio::{runtime::Builder, time::Instant};
use vidpipe_engine::{
    Clock, Graph, Limits, Outlook, Runner, Stop,
    event::{Forecast, Op},
    pace::{Span, Timing, Timings},
    plan,
};

fn row(kind: &str, create: f64, delete: f64) -> (String, Timing) {
    let span = |seconds: f64| Span { min: seconds, typical: seconds, max: seconds * 1.2 };
    (kind.to_owned(), Timing { create: span(create), delete: span(delete) })
}

/// The durations of the in-memory cloud, or up to a fifth longer.
fn timings() -> Timings {
    let rows = ["Net", "Gate", "Disk", "App"].map(|kind| row(kind, 32.0, 12.0));
    Timings::new(rows.into_iter().chain([row("Flag", 1.0, 1.0)]).collect())
}

fn forecast(m: &crate::world::Machine, want: &Graph<crate::cloud::Cloud>) -> Forecast {
    let have = m.disk.borrow();
    let plan = plan(want, &have, KINDS, &timings()).unwrap();
    Outlook::of(&plan, &have, &Limits::default(), Clock::start()).forecast().unwrap()
}

/// The actual duration in the in-memory cloud.
fn run(m: &crate::world::Machine, want: &Graph<crate::cloud::Cloud>) -> Duration {
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
        let began = Instant::now();
        let runner: Runner<_> = m.runner(PLENTY, Stop::default());
        assert!(runner.run(&m.plan(want)).await.unwrap().is_complete());
        began.elapsed()
    })
}

fn steps(forecast: &Forecast) -> Vec<(String, Op)> {
    forecast.path.iter().map(|leg| (leg.node.to_string(), leg.op)).collect()
}

#[test]
fn up_and_down_take_about_as_long_as_is_said() {
    let (m, want) = (machine(), pipeline(SMALL));
    let up = forecast(&m, &want);
    let took = run(&m, &want);
    let off = up.p50.as_secs_f64() / took.as_secs_f64();
    assert!((0.9..1.25).contains(&off), "{:?} for {took:?}", up.p50);
    assert!(up.p50 < up.p90 && up.p90 < took * 2, "{up:?}");
    // The app needs only the outputs of the gate, but a ready disk.
    let named = [("net".to_owned(), Op::Ensure), ("disk".to_owned(), Op::Ensure), ("app".to_owned(), Op::Ensure)];
    assert_eq!(steps(&up), named);

    let down = forecast(&m, &Graph::default());
    let took = run(&m, &Graph::default());
    let off = down.p50.as_secs_f64() / took.as_secs_f64();
    assert!((0.9..1.25).contains(&off), "{:?} for {took:?}", down.p50);
    assert_eq!(steps(&down).last(), Some(&("net".to_owned(), Op::Remove)));
}

#[test]
fn what_is_changed_and_what_stays_is_told_apart() {
    let (m, want) = (machine(), pipeline(SMALL));
    run(&m, &want);
    assert_eq!(forecast(&m, &want), Forecast { p50: Duration::ZERO, p90: Duration::ZERO, path: vec![] });
    let larger = pipeline(Sizes { app: 2, ..SMALL });
    let update = forecast(&m, &larger);
    assert_eq!(steps(&update), [("app".to_owned(), Op::Ensure)]);
    let replaced = pipeline(Sizes { disk: 2, ..SMALL });
    let replace = forecast(&m, &replaced);
    assert_eq!(steps(&replace)[..2], [("disk".to_owned(), Op::Remove), ("disk".to_owned(), Op::Ensure)]);
    assert!(replace.p50 > update.p50);
}

#[test]
fn a_run_that_was_cut_is_forecast_for_what_is_left_of_it() {
    let (m, want) = (machine(), pipeline(SMALL));
    let whole = forecast(&m, &want);
    Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(async {
        m.go(&want, PLENTY, Duration::from_secs(60)).await;
    });
    let rest = forecast(&m, &want);
    assert!(rest.p50 < whole.p50 * 3 / 4 && rest.p50 > Duration::from_secs(20), "{:?} of {:?}", rest.p50, whole.p50);
}

#[test]
fn what_goes_only_with_its_followers_is_foreseen_to_take_as_long() {
    let mut g = Graph::default();
    let net = g.add("net", (), |()| Net { size: 1 });
    let gate = g.add("gate", &net, |net: Out| Gate { size: 1, net: net.id });
    g.add("app", gate.value().follows(), |gate: Out| App { size: 1, net: None, gate: gate.id });
    let m = machine();
    run(&m, &g);
    // The gate is deleted after the app, which takes that long; then the net is removed.
    let slow = Timings::new([row("Net", 32.0, 12.0), row("Gate", 32.0, 12.0), row("App", 32.0, 120.0)].into());
    let plan = plan(&Graph::default(), &m.disk.borrow(), KINDS, &slow).unwrap();
    let down = Outlook::of(&plan, &m.disk.borrow(), &Limits::default(), Clock::start()).forecast().unwrap();
    assert!(down.p50 > Duration::from_secs(132), "{:?}", down.p50);
}

#[test]
fn the_same_plan_has_the_same_forecast() {
    let (m, want) = (machine(), pipeline(SMALL));
    assert_eq!(forecast(&m, &want), forecast(&m, &want));
}
