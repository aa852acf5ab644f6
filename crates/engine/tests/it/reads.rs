//! Reads wait for permits, and reads of the same kind of resource are batched.
use crate::{
    cloud::Cloud,
    world::{Machine, Net, Out, PLENTY, machine},
};
use futures::future::{join, join_all};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};
use vidpipe_engine::{Batcher, Class, Error, Graph, Limits, Result, Stop, acquire_read, event::Event, rate_limited};

/// The maximum number of reads per second.
const MOST: usize = 5;

/// A machine on which reads need a permit.
fn metered() -> Machine {
    let m = machine();
    m.cloud.counts_reads.set(true);
    m
}

fn wide(nodes: u32) -> Graph<Cloud> {
    let mut g = Graph::default();
    for n in 0..nodes {
        let net = g.add(&format!("net-{n:02}"), (), move |()| Net { size: 1 });
        if n == nodes - 1 {
            // The last node by name has the longest path to the end.
            let _ = g.add("then", &net, |_: Out| Net { size: 1 });
        }
    }
    g
}

#[tokio::test(start_paused = true)]
async fn no_second_has_more_reads_than_allowed() {
    let m = metered();
    m.done(&wide(20)).await;
    m.done(&Graph::default()).await;
    let reads: Vec<Instant> = m.cloud.reads.borrow().iter().map(|(at, _)| *at).collect();
    let second = Duration::from_secs(1);
    let within = |from: Instant| reads.iter().filter(|at| (from..from + second).contains(*at)).count();
    let most = reads.iter().map(|from| within(*from)).max().unwrap();
    assert_eq!(most, MOST);
    // The first reads get a permit at once; every one that waits is reported.
    let events = m.events.borrow();
    let asked = events.iter().position(|e| matches!(e, Event::Known { .. } | Event::Waiting { .. })).unwrap();
    let in_line = |events: &[Event]| events.iter().filter(|e| matches!(e, Event::ReadQueued { .. })).count();
    assert_eq!((in_line(&events[..asked]) + MOST, in_line(&events) > 2 * MOST), (20, true));
}

#[tokio::test(start_paused = true)]
async fn the_critical_path_reads_first() {
    let m = metered();
    // It joins after five reads were made, while fourteen wait.
    m.cloud.turns.borrow_mut().insert("net-19".into(), Duration::from_secs(1));
    m.done(&wide(20)).await;
    let reads = m.cloud.reads.borrow();
    let first = reads.iter().position(|(_, node)| node == "net-19").unwrap();
    // One permit in three is for the longest waiting read.
    assert!((5..=6).contains(&first), "{first}");
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_for_its_turn_ends_when_the_run_stops() {
    let m = metered();
    let stop = Stop::default();
    let (runner, plan, began) = (m.runner(PLENTY, stop.clone()), m.plan(&wide(60)), Instant::now());
    let (summary, ()) = join(runner.run(&plan), async {
        // All networks are created; few have been read.
        sleep(Duration::from_secs(5)).await;
        stop.ask();
    })
    .await;
    assert!(summary.unwrap().stopped);
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert!(m.cloud.reads.borrow().len() < 30);
    m.done(&wide(60)).await;
    assert_eq!(m.cloud.made.borrow().len(), 61);
}

#[tokio::test(start_paused = true)]
async fn reads_outside_of_a_run_can_be_rate_limited_too() {
    let began = Instant::now();
    let reads = async || join_all((0..20).map(|_| acquire_read(None))).await;
    reads().await;
    assert!(began.elapsed().is_zero());
    rate_limited(&Stop::default(), reads()).await;
    // Twenty are four times five: three seconds pass between the first and the last.
    assert_eq!(began.elapsed().as_secs(), 3);
    let stop = Stop::default();
    stop.ask();
    rate_limited(&stop, reads()).await;
    assert_eq!(began.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_others_look_keeps_no_place() {
    let mut m = metered();
    Rc::get_mut(&mut m.cloud).unwrap().together = Some(Batcher::new("nets", 10));
    let runner = m.limited(PLENTY, Stop::default(), Limits { calls: 1, ..Limits::default() });
    let (plan, hour) = (m.plan(&wide(20)), Duration::from_secs(3600));
    let summary = timeout(hour, runner.run(&plan)).await.expect("nobody waits for ever").unwrap();
    assert!(summary.is_complete());
}

/// The ids requested together, per call.
#[derive(Default)]
struct Calls(RefCell<Vec<Vec<String>>>);

impl Calls {
    /// A read in which the resource `missing` does not exist.
    async fn read(&self, ids: Vec<String>, missing: &str) -> Result<String> {
        self.0.borrow_mut().push(ids.clone());
        sleep(Duration::from_secs(1)).await;
        match ids.iter().any(|id| id == missing) {
            true => Err(Error::new(Class::NotFound, format!("{missing} is not there"))),
            false => Ok(ids.join("+")),
        }
    }
}

const IDS: [&str; 3] = ["a", "b", "c"];

#[tokio::test(start_paused = true)]
async fn reads_at_the_same_moment_are_one() {
    let (calls, gathered) = (Calls::default(), Batcher::new("things", 10));
    let began = Instant::now();
    let seen = join_all(IDS.map(|id| gathered.read(id, async |ids| calls.read(ids, "").await))).await;
    assert!(seen.into_iter().all(|seen| *seen.unwrap() == "a+b+c"));
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    // A completed read is not reused by a later request.
    assert_eq!(*gathered.read("d", async |ids| calls.read(ids, "").await).await.unwrap(), "d");
    assert_eq!(*calls.0.borrow(), [vec!["a", "b", "c"], vec!["d"]]);
}

#[tokio::test(start_paused = true)]
async fn a_call_shows_so_many_at_most_and_the_same_thing_once() {
    let (calls, gathered) = (Calls::default(), Batcher::new("things", 2));
    let reads = ["a", "a", "b", "a", "c"].map(|id| gathered.read(id, async |ids| calls.read(ids, "").await));
    assert!(join_all(reads).await.iter().all(Result::is_ok));
    assert_eq!(*calls.0.borrow(), [vec!["a", "b"], vec!["c"]]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_hides_nothing_else() {
    let (calls, gathered) = (Calls::default(), Batcher::new("things", 10));
    let seen = join_all(IDS.map(|id| gathered.read(id, async |ids| calls.read(ids, "b").await))).await;
    let words: Vec<_> = seen.into_iter().map(|seen| seen.map(|s| (*s).clone()).map_err(|e| e.class)).collect();
    assert_eq!(words, [Ok("a".into()), Err(Class::NotFound), Ok("c".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_look_that_is_given_up_leaves_the_others_theirs() {
    let (calls, gathered, looked) = (Calls::default(), Batcher::new("things", 10), Cell::new(0));
    let read = async |ids| {
        looked.set(looked.get() + 1);
        calls.read(ids, "").await
    };
    let (given_up, seen) =
        join(timeout(Duration::from_millis(500), gathered.read("a", read)), gathered.read("b", read)).await;
    assert!(given_up.is_err());
    assert_eq!((*seen.unwrap()).as_str(), "b");
    assert_eq!(looked.get(), 2);
}
