//! Shared by the tests: the events of a run, and a writer.
use jiff::{SignedDuration, Timestamp};
use std::{
    cell::RefCell,
    io::{self, Write},
    rc::Rc,
    time::Duration,
};
use vidpipe_engine::{
    Action, Name,
    event::{After, Event, Fault, Forecast, Leg, Op, Planned, Point, Report},
};
use vidpipe_report::{Progress, Tick};

/// The time that many milliseconds into the run.
pub(crate) fn at(ms: i64) -> Timestamp {
    "2026-11-20T10:15:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_millis(ms)
}

/// A writer whose bytes can be inspected; writes fail once it holds `room` bytes.
#[derive(Clone)]
pub(crate) struct Page {
    bytes: Rc<RefCell<Vec<u8>>>,
    room: usize,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self { bytes: Rc::default(), room: usize::MAX }
    }

    pub(crate) fn with_room(room: usize) -> Self {
        Self { room, ..Self::new() }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.borrow().len() + bytes.len() > self.room {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.bytes.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn fault(message: &str, code: &str) -> Fault {
    Fault {
        message: message.into(),
        call: None,
        code: Some(code.into()),
        request_id: Some("8f1c2b3a-0d4e-4f5a-9b6c-7d8e9f0a1b2c".into()),
        hint: Some("ask AWS for more: service quota `L-7B6409FD`".into()),
    }
}

/// A planned task. It waits until the nodes in `after` are ready; with `?`, until they are known, and with `-`, until
/// they are deleted.
fn planned(node: &str, op: Op, kind: &str, action: Action, seconds: u64, after: &[&str]) -> Planned {
    let (usual, late) = (Duration::from_secs(seconds), Duration::from_secs(seconds * 3 / 2));
    let (kind, timing) = (kind.to_owned(), kind.replace([':', '-'], "_"));
    let what = |word: &str| match word.as_bytes()[0] {
        b'?' => Point::Known,
        b'-' => Point::Gone,
        _ => Point::Ready,
    };
    let after = after.iter().map(|w| After { node: w.trim_start_matches(['?', '-']).into(), what: what(w) });
    Planned { node: node.into(), op, kind, action, usual, late, timing, after: after.collect() }
}

pub(crate) fn plan() -> Event {
    use Action::{Create, Replace, Resume, Update};
    use Op::{Ensure, Remove};
    let tasks = vec![
        planned("vpc", Ensure, "ec2:vpc", Create, 3, &[]),
        planned("public-subnet-a", Ensure, "ec2:subnet", Create, 4, &["vpc"]),
        planned("nat-a", Ensure, "ec2:nat-gateway", Create, 106, &["public-subnet-a"]),
        planned("cache", Remove, "elasticache:replication-group", Replace, 420, &[]),
        planned("cache", Ensure, "elasticache:replication-group", Replace, 712, &["-cache"]),
        planned("database", Ensure, "rds:instance", Resume, 595, &["public-subnet-a"]),
        planned("worker-task", Ensure, "ecs:task-definition", Update, 1, &["?database"]),
        planned("worker", Ensure, "ecs:service", Update, 119, &["worker-task", "?cache"]),
        planned("api-stage", Ensure, "apigateway:stage", Create, 1, &["nat-a"]),
    ];
    Event::Planned { tasks, kept: 12 }
}

pub(crate) fn forecast() -> Forecast {
    let leg = |op, ms| Leg { node: "cache".into(), op, took: Duration::from_millis(ms) };
    let path = vec![leg(Op::Remove, 420_800), leg(Op::Ensure, 713_200)];
    Forecast { p50: Duration::from_secs(1_180), p90: Duration::from_secs(1_425), path }
}

/// A run up to 400 seconds: a failure, a skipped task, a retry, a queue wait and status messages, one of them hostile.
pub(crate) fn middle() -> Vec<(Timestamp, Event)> {
    use Op::{Ensure, Remove};
    let n = |name: &str| Name::from(name);
    let started = |name: &str, op| Event::Started { node: n(name), op };
    let finished = |name: &str, op, changed, ms| Event::Finished {
        node: n(name),
        op,
        changed,
        took: Duration::from_millis(ms),
        waited: None,
    };
    let waiting = |name: &str, op, why: &str| Event::Waiting { node: n(name), op, why: why.into() };
    let called = |name: &str, call: &str, ms| Event::Called {
        node: n(name),
        op: Ensure,
        call: call.into(),
        reads: call.contains(" Describe"),
        took: Duration::from_millis(ms),
    };
    let queued = |name: &str, budget: &str, ms| Event::Queued {
        node: n(name),
        op: Ensure,
        budget: budget.into(),
        pause: Duration::from_millis(ms),
    };
    let (command, pipeline, suffix) = ("up".into(), "streamtech".into(), "staging".into());
    vec![
        (at(0), Event::Began { command, pipeline, suffix, region: "us-east-1".into(), emulated: false }),
        (at(1), plan()),
        (at(2), started("vpc", Ensure)),
        (at(2), started("cache", Remove)),
        (at(3), waiting("cache", Remove, "deleting")),
        (at(60), Event::Forecast(forecast())),
        (at(3_400), finished("vpc", Ensure, true, 3_398)),
        (at(3_401), started("public-subnet-a", Ensure)),
        (at(3_402), queued("public-subnet-a", "ec2:CreateSubnet", 300)),
        (at(5_000), finished("public-subnet-a", Ensure, true, 1_599)),
        (at(5_001), started("nat-a", Ensure)),
        (at(5_001), called("nat-a", "ec2:CreateNatGateway", 412)),
        (at(5_002), started("database", Ensure)),
        (at(6_000), waiting("nat-a", Ensure, "pending")),
        (at(6_001), waiting("database", Ensure, "creating")),
        (at(6_002), Event::Known { node: n("database") }),
        (at(7_000), started("worker-task", Ensure)),
        (at(7_900), finished("worker-task", Ensure, false, 900)),
        (
            at(60_000),
            Event::Failed {
                node: n("nat-a"),
                op: Ensure,
                error: fault(
                    "create NAT gateway nat-a: the limit of 5\nElastic IPs is reached",
                    "NatGatewayLimitExceeded",
                ),
            },
        ),
        (at(60_001), Event::Skipped { node: n("api-stage"), op: Ensure, because: n("nat-a") }),
        (
            at(300_000),
            waiting(
                "database",
                Ensure,
                "backing-up: \u{1b}[2J\u{1b}]0;owned\u{7}Finished DB Instance backup\r\nand the standby is being made in us-east-1b",
            ),
        ),
        (at(380_000), finished("cache", Remove, true, 379_998)),
        (at(380_001), started("cache", Ensure)),
        (
            at(380_002),
            Event::Retrying {
                node: n("cache"),
                op: Ensure,
                error: Fault {
                    call: Some("ElastiCache CreateReplicationGroup".into()),
                    ..fault("create cache", "ServiceLinkedRoleNotFoundFault")
                },
                pause: Duration::from_secs(60),
                left: Some(Duration::from_secs(280)),
            },
        ),
        (at(389_999), Event::Known { node: n("cache") }),
        (at(390_000), started("worker", Ensure)),
        (at(390_001), queued("worker", "ecs:UpdateService", 30_000)),
    ]
}

pub(crate) fn end() -> Vec<(Timestamp, Event)> {
    use Op::Ensure;
    let finished = |name: &str, ms| Event::Finished {
        node: name.into(),
        op: Ensure,
        changed: true,
        took: Duration::from_millis(ms),
        waited: None,
    };
    vec![
        (at(500_000), finished("worker", 110_000)),
        (at(600_000), finished("database", 594_998)),
        (at(1_000_000), finished("cache", 619_999)),
        (at(1_000_001), Event::Ended { done: 7, failed: 1, skipped: 1, took: Duration::from_millis(1_000_001) }),
    ]
}

pub(crate) fn tell(report: &mut dyn Report, events: &[(Timestamp, Event)]) {
    for (at, event) in events {
        report.on(*at, event);
    }
}

pub(crate) fn progress(events: &[(Timestamp, Event)], ms: i64) -> Progress {
    let mut progress = Progress::new();
    tell(&mut progress, events);
    progress.tick(at(ms));
    progress
}
