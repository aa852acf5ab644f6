//! Synthetic histories of runs: a pipeline's tasks with their durations, scheduled by their dependencies.
use super::tasks::{TASKS, Task};
use crate::world::at;
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};
use vidpipe_engine::{
    Action, Name,
    event::{After, Event, Fault, Forecast, Op, Planned, Point},
    sweep::Swept,
};

pub(crate) type Events = Vec<(Timestamp, Event)>;

/// A complete `up` of a new environment that starts at that second; the durations of some tasks are scaled.
pub(crate) fn up(second: i64, slower: &[(&str, f64)]) -> Events {
    let mut story = Story { start: second * 1_000, ..Story::default() };
    let began = Event::Began {
        command: "up".into(),
        pipeline: "streamtech".into(),
        suffix: "staging".into(),
        region: "us-east-1".into(),
        emulated: false,
    };
    story.tell(0, began);
    story.tell(3, Event::Planned { tasks: TASKS.iter().map(planned).collect(), kept: 0 });
    let (p50, p90) = (Duration::from_secs(781), Duration::from_secs(1_012));
    story.tell(4, Event::Forecast(Forecast { p50, p90, path: Vec::new() }));
    for task in &TASKS {
        let share = slower.iter().find(|(node, _)| *node == task.0).map_or(1.0, |(_, share)| *share);
        story.make(task, share);
    }
    story.end()
}

/// The run of `up`, in which the NAT gateway cannot be created.
pub(crate) fn failed() -> Events {
    let error = Fault {
        message: "create NAT gateway nat-a: you have reached the limit of 5 Elastic IP addresses".into(),
        call: Some("EC2 AllocateAddress".into()),
        code: Some("AddressLimitExceeded".into()),
        request_id: Some("8f1c2b3a-0d4e-4f5a-9b6c-7d8e9f0a1b2c".into()),
        hint: Some("release addresses, or ask AWS for more: service quota L-0263D0A3".into()),
    };
    let lost = ["private-route", "migrations", "worker", "api", "stage"];
    let mut events = up(0, &[]);
    let of = |e: &Event, node: &str| node_of(e).is_some_and(|n| n.0 == node);
    let fell = at(32_000);
    events.retain(|(at, e)| !(lost.iter().any(|n| of(e, n)) || of(e, "nat-a") && *at > fell));
    events.retain(|(_, e)| !matches!(e, Event::Ended { .. }));
    events.push((fell, Event::Failed { node: "nat-a".into(), op: Op::Ensure, error }));
    events.extend(lost.map(|n| (fell, Event::Skipped { node: n.into(), op: Op::Ensure, because: "nat-a".into() })));
    events.sort_by_key(|(at, _)| *at);
    let (begun, last) = (events[0].0, events[events.len() - 1].0);
    let took = last.duration_since(begun).try_into().unwrap();
    events.push((last, Event::Ended { done: 21, failed: 1, skipped: 5, took }));
    events
}

/// The run of `up`, killed after that many seconds.
pub(crate) fn killed(second: i64) -> Events {
    let mut events = up(0, &[]);
    events.retain(|(when, _)| *when <= at(second * 1_000));
    events
}

/// The run of `up`, as recorded by an older vidpipe, without calls, values and durations.
pub(crate) fn older() -> Events {
    let mut events = up(0, &[]);
    events.retain(|(_, e)| !matches!(e, Event::Called { .. } | Event::Known { .. } | Event::Forecast(_)));
    for (_, event) in &mut events {
        match event {
            Event::Planned { tasks, .. } => {
                for task in tasks {
                    (task.late, task.timing, task.after) = (Duration::ZERO, String::new(), Vec::new());
                }
            }
            Event::Finished { waited, .. } => *waited = None,
            _ => {}
        }
    }
    events
}

fn node_of(event: &Event) -> Option<&Name> {
    match event {
        Event::Started { node, .. }
        | Event::Waiting { node, .. }
        | Event::Known { node }
        | Event::Called { node, .. }
        | Event::Queued { node, .. }
        | Event::Retrying { node, .. }
        | Event::Finished { node, .. } => Some(node),
        _ => None,
    }
}

fn after(needs: &str) -> Vec<After> {
    let parse = |need: &str| match need.strip_prefix('?') {
        Some(node) => After { node: node.into(), what: Point::Known },
        None => After { node: need.into(), what: Point::Ready },
    };
    needs.split_whitespace().map(parse).collect()
}

fn planned((node, kind, _, seconds, needs, _): &Task) -> Planned {
    let (kind, timing, usual) =
        ((*kind).to_owned(), kind.replace([':', '-'], "_"), Duration::from_secs_f64(*seconds * 0.94));
    let (op, action, late) = (Op::Ensure, Action::Create, usual.mul_f64(1.35));
    Planned { node: (*node).into(), op, kind, action, usual, late, timing, after: after(needs) }
}

#[derive(Default)]
struct Story {
    start: i64,
    events: Vec<(i64, Event)>,
    known: BTreeMap<String, i64>,
    ready: BTreeMap<String, i64>,
}

impl Story {
    fn tell(&mut self, ms: i64, event: Event) {
        self.events.push((ms, event));
    }

    fn make(&mut self, (name, _, call, seconds, needs, words): &Task, share: f64) {
        let node: Name = (*name).into();
        let op = Op::Ensure;
        let from = 6 + after(needs).iter().map(|a| self.point(a)).max().unwrap_or(0);
        self.tell(from, Event::Started { node: node.clone(), op });
        let mut now = from + 9;
        if name.ends_with("subnet-b") {
            let (budget, pause) = ("EC2 CreateSubnet".to_owned(), Duration::from_millis(2_400));
            self.tell(now, Event::Queued { node: node.clone(), op, budget, pause });
            now += 2_404;
        }
        let throttled = [("private-subnet-b", "RequestLimitExceeded", "create subnet: Request limit exceeded.", 1_900)];
        let spreading = [("cache", "KMSKeyNotAccessible", "create cache: the key is not usable yet", 4_000)];
        for (_, code, message, pause) in throttled.iter().chain(&spreading).filter(|t| t.0 == *name) {
            now += 180;
            self.call(now, &node, call, 180);
            let error = Fault { code: Some((*code).into()), ..Fault::from(*message) };
            let pause = Duration::from_millis(*pause);
            self.tell(now, Event::Retrying { node: node.clone(), op, error, pause, left: None });
            now += i64::try_from(pause.as_millis()).unwrap() + 3;
        }
        now += 310;
        self.call(now, &node, call, 310);
        let (asked, until) = (now, (*seconds * share * 1_000.0) as i64);
        let style = call.replacen("Create", "Describe", 1);
        self.tell(now + 95, Event::Known { node: node.clone() });
        self.known.insert((*name).into(), now + 95);
        for (why, when) in *words {
            let then = asked + 100 + (until as f64 * when) as i64;
            self.call(then, &node, &style, 80);
            self.tell(then, Event::Waiting { node: node.clone(), op, why: (*why).into() });
        }
        for n in 1..=until / 30_000 {
            self.call(asked + n * 30_000 - 7, &node, &style, 85);
        }
        let to = asked + until.max(120);
        let took = Duration::from_millis(u64::try_from(to - from).unwrap());
        let waited = Some(Duration::from_millis(u64::try_from(to - asked).unwrap()));
        self.tell(to, Event::Finished { node, op, changed: true, took, waited });
        self.ready.insert((*name).into(), to);
    }

    fn point(&self, after: &After) -> i64 {
        let points = if after.what == Point::Known { &self.known } else { &self.ready };
        points[&after.node.0]
    }

    fn call(&mut self, ms: i64, node: &Name, call: &str, took: u64) {
        let (node, reads, took) = (node.clone(), call.contains(" Describe"), Duration::from_millis(took));
        self.tell(ms, Event::Called { node, op: Op::Ensure, call: call.to_owned(), reads, took });
    }

    fn end(mut self) -> Events {
        self.events.sort_by_key(|(ms, _)| *ms);
        let last = self.events.last().unwrap().0;
        let took = Duration::from_millis(u64::try_from(last).unwrap());
        self.tell(last + 2, Event::Ended { done: TASKS.len(), failed: 0, skipped: 0, took });
        self.events.into_iter().map(|(ms, e)| (at(self.start + ms), e)).collect()
    }
}

/// A `down` of two nodes, followed by its sweep.
pub(crate) fn swept() -> Events {
    let op = Op::Remove;
    let task = |(node, kind, seconds): (&str, &str, u64)| Planned {
        node: node.into(),
        op,
        kind: kind.into(),
        action: Action::Delete,
        usual: Duration::from_secs(seconds),
        late: Duration::from_secs(seconds * 2),
        timing: kind.replace([':', '-'], "_"),
        after: if node == "vpc" { vec![After { node: "nat-a".into(), what: Point::Gone }] } else { Vec::new() },
    };
    let tasks = [("nat-a", "ec2:nat-gateway", 51), ("vpc", "ec2:vpc", 1)].map(task).to_vec();
    let (command, pipeline, suffix) = ("down".into(), "streamtech".into(), "staging".into());
    let began = Event::Began { command, pipeline, suffix, region: "us-east-1".into(), emulated: false };
    let finished = |node: &str, ms| {
        let took = Duration::from_millis(ms);
        Event::Finished { node: node.into(), op, changed: true, took, waited: Some(took) }
    };
    let (found, unknown) = (Vec::new(), Vec::new());
    vec![
        (at(0), began),
        (at(1), Event::Planned { tasks, kept: 0 }),
        (at(2), Event::Started { node: "nat-a".into(), op }),
        (at(400), Event::Waiting { node: "nat-a".into(), op, why: "deleting".into() }),
        (at(54_000), finished("nat-a", 53_998)),
        (at(54_001), Event::Started { node: "vpc".into(), op }),
        (at(55_001), finished("vpc", 1_000)),
        (at(55_002), Event::Ended { done: 2, failed: 0, skipped: 0, took: Duration::from_millis(55_002) }),
        (at(55_100), Event::Sweeping { why: "checking every service for remaining resources".into() }),
        (at(117_100), Event::Swept(Swept { found, unknown, asked: 61, services: 19 })),
    ]
}
