//! Looks take turns, and those that look at the same kind of thing look together.
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
use vidpipe_engine::{
    Class, Error, Gathered, Graph, Limits, Result, Stop, event::Event, in_turn_to_look, looking_by_turns,
};

/// So many looks within a second.
const MOST: usize = 5;

/// Where looks are counted: so many networks, each of which is waited for.
fn metered() -> Machine {
    let m = machine();
    m.cloud.counts_looks.set(true);
    m
}

fn wide(nodes: u32) -> Graph<Cloud> {
    let mut g = Graph::default();
    for n in 0..nodes {
        let net = g.add(&format!("net-{n:02}"), (), move |()| Net { size: 1 });
        if n == nodes - 1 {
            // The last by name has the longest way to the end.
            let _ = g.add("then", &net, |_: Out| Net { size: 1 });
        }
    }
    g
}

#[tokio::test(start_paused = true)]
async fn no_second_has_more_looks_than_is_fair() {
    let m = metered();
    m.done(&wide(20)).await;
    m.done(&Graph::default()).await;
    let looks: Vec<Instant> = m.cloud.looks.borrow().iter().map(|(at, _)| *at).collect();
    let second = Duration::from_secs(1);
    let within = |from: Instant| looks.iter().filter(|at| (from..from + second).contains(*at)).count();
    let most = looks.iter().map(|from| within(*from)).max().unwrap();
    assert_eq!(most, MOST);
    // The first have their turn at once; whoever waits for one says so.
    let events = m.events.borrow();
    let asked = events.iter().position(|e| matches!(e, Event::Known { .. } | Event::Waiting { .. })).unwrap();
    let in_line = |events: &[Event]| events.iter().filter(|e| matches!(e, Event::InLine { .. })).count();
    assert_eq!((in_line(&events[..asked]) + MOST, in_line(&events) > 2 * MOST), (20, true));
}

#[tokio::test(start_paused = true)]
async fn the_longest_way_looks_first() {
    let m = metered();
    // It comes when five have looked, and fourteen wait.
    m.cloud.turns.borrow_mut().insert("net-19".into(), Duration::from_secs(1));
    m.done(&wide(20)).await;
    let looks = m.cloud.looks.borrow();
    let first = looks.iter().position(|(_, node)| node == "net-19").unwrap();
    // One of three turns is for who waits longest.
    assert!((5..=6).contains(&first), "{first}");
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_for_its_turn_ends_when_the_run_stops() {
    let m = metered();
    let stop = Stop::default();
    let (runner, plan, began) = (m.runner(PLENTY, stop.clone()), m.plan(&wide(60)), Instant::now());
    let (summary, ()) = join(runner.run(&plan), async {
        // All were made; few have been looked at.
        sleep(Duration::from_secs(5)).await;
        stop.ask();
    })
    .await;
    assert!(summary.unwrap().stopped);
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert!(m.cloud.looks.borrow().len() < 30);
    m.done(&wide(60)).await;
    assert_eq!(m.cloud.made.borrow().len(), 61);
}

#[tokio::test(start_paused = true)]
async fn outside_of_a_run_who_wants_to_looks_by_turns() {
    let began = Instant::now();
    let looks = async || join_all((0..20).map(|_| in_turn_to_look(None))).await;
    looks().await;
    assert!(began.elapsed().is_zero());
    looking_by_turns(&Stop::default(), looks()).await;
    // Twenty are four times five: three seconds lie between the first and the last.
    assert_eq!(began.elapsed().as_secs(), 3);
    let stop = Stop::default();
    stop.ask();
    looking_by_turns(&stop, looks()).await;
    assert_eq!(began.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_others_look_keeps_no_place() {
    let mut m = metered();
    Rc::get_mut(&mut m.cloud).unwrap().together = Some(Gathered::new("nets", 10));
    let runner = m.limited(PLENTY, Stop::default(), Limits { calls: 1, ..Limits::default() });
    let (plan, hour) = (m.plan(&wide(20)), Duration::from_secs(3600));
    let summary = timeout(hour, runner.run(&plan)).await.expect("nobody waits for ever").unwrap();
    assert!(summary.is_complete());
}

/// What was asked for at once, call by call.
#[derive(Default)]
struct Calls(RefCell<Vec<Vec<String>>>);

impl Calls {
    /// One thing at a time is not there.
    async fn look(&self, ids: Vec<String>, missing: &str) -> Result<String> {
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
async fn who_looks_at_the_same_moment_looks_together() {
    let (calls, gathered) = (Calls::default(), Gathered::new("things", 10));
    let began = Instant::now();
    let seen = join_all(IDS.map(|id| gathered.look(id, async |ids| calls.look(ids, "").await))).await;
    assert!(seen.into_iter().all(|seen| *seen.unwrap() == "a+b+c"));
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    // What is over is not looked at again for others.
    assert_eq!(*gathered.look("d", async |ids| calls.look(ids, "").await).await.unwrap(), "d");
    assert_eq!(*calls.0.borrow(), [vec!["a", "b", "c"], vec!["d"]]);
}

#[tokio::test(start_paused = true)]
async fn a_call_shows_so_many_at_most_and_the_same_thing_once() {
    let (calls, gathered) = (Calls::default(), Gathered::new("things", 2));
    let looks = ["a", "a", "b", "a", "c"].map(|id| gathered.look(id, async |ids| calls.look(ids, "").await));
    assert!(join_all(looks).await.iter().all(Result::is_ok));
    assert_eq!(*calls.0.borrow(), [vec!["a", "b"], vec!["c"]]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_hides_nothing_else() {
    let (calls, gathered) = (Calls::default(), Gathered::new("things", 10));
    let seen = join_all(IDS.map(|id| gathered.look(id, async |ids| calls.look(ids, "b").await))).await;
    let words: Vec<_> = seen.into_iter().map(|seen| seen.map(|s| (*s).clone()).map_err(|e| e.class)).collect();
    assert_eq!(words, [Ok("a".into()), Err(Class::NotFound), Ok("c".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_look_that_is_given_up_leaves_the_others_theirs() {
    let (calls, gathered, looked) = (Calls::default(), Gathered::new("things", 10), Cell::new(0));
    let look = async |ids| {
        looked.set(looked.get() + 1);
        calls.look(ids, "").await
    };
    let (given_up, seen) =
        join(timeout(Duration::from_millis(500), gathered.look("a", look)), gathered.look("b", look)).await;
    assert!(given_up.is_err());
    assert_eq!((*seen.unwrap()).as_str(), "b");
    assert_eq!(looked.get(), 2);
}
