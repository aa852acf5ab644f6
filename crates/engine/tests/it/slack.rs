//! Tasks with slack are polled less often, where the slack is known.
use crate::{
    cloud::Cloud,
    world::{Disk, Gate, Net, Out, machine},
};
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_engine::{
    Graph,
    pace::{Span, Timing, Timings},
};

const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_secs(120);

/// How often the short task was polled, and how long both took.
async fn looked(timings: Timings) -> (usize, Duration) {
    let mut m = machine();
    m.timings = timings;
    m.cloud.slow.borrow_mut().extend([("long".into(), LONG), ("short".into(), SHORT)]);
    let mut g = Graph::<Cloud>::default();
    let net = g.add("net", (), |()| Net { size: 1 });
    g.add("long", &net, |net: Out| Gate { size: 1, net: net.id });
    g.add("short", &net, |net: Out| Disk { size: 1, net: net.id });
    let began = Instant::now();
    m.done(&g).await;
    let reads = m.cloud.reads.borrow().iter().filter(|(_, node)| node == "short").count();
    (reads, began.elapsed())
}

fn known() -> Timings {
    let row = |name: &str, typical: f64| {
        let span = Span { min: 1.0, typical, max: typical * 2.0 };
        (name.to_owned(), Timing { create: span, delete: span })
    };
    Timings::new([row("Gate", LONG.as_secs_f64()), row("Disk", 10.0)].into())
}

#[tokio::test(start_paused = true)]
async fn what_has_time_is_looked_at_less_often_and_nothing_is_later() {
    // The slack at an emulated endpoint is unknown.
    let ((seldom, took), (often, took_there)) = (looked(known()).await, looked(known().emulated()).await);
    assert!(often > 40 && seldom * 2 < often, "{seldom} reads, and {often}");
    assert!(took < took_there + Duration::from_secs(5), "{took:?}, and {took_there:?}");
}
