//! A machine whose power can fail.
use super::KINDS;
use crate::cloud::Cloud;
use jiff::Timestamp;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};
use tokio::time::timeout;
use vidpipe_engine::{
    Class, Clock, Consent, Environment, Error, Graph, Ledger, Limits, Plan, Result, Runner, Saving, State, Stop, Store,
    Summary,
    event::{Event, Report},
    pace::Timings,
    plan, saved,
};

/// The data that survives a power failure.
pub(crate) struct Machine {
    pub(crate) cloud: Rc<Cloud>,
    pub(crate) disk: Rc<RefCell<State>>,
    pub(crate) saves: Rc<RefCell<usize>>,
    pub(crate) events: Rc<RefCell<Vec<Event>>>,
    pub(crate) timings: Timings,
    /// The clock that all runs share, if they do.
    pub(crate) clock: Option<Clock>,
    /// The consent of its runs: everything, except in tests of consent.
    pub(crate) consent: Consent,
}

pub(crate) fn machine() -> Machine {
    let env = Environment {
        pipeline: "p".into(),
        suffix: "s".into(),
        account: "1".into(),
        region: "r".into(),
        lineage: "ours".into(),
    };
    Machine {
        cloud: Rc::default(),
        disk: Rc::new(RefCell::new(State::new(env, "test", Timestamp::UNIX_EPOCH))),
        saves: Rc::default(),
        events: Rc::default(),
        // No operation here is slow.
        timings: Timings::default(),
        clock: None,
        consent: Consent::Everything,
    }
}

struct Disks {
    disk: Rc<RefCell<State>>,
    saves: Rc<RefCell<usize>>,
    fuse: usize,
}
impl Store for Disks {
    fn save(&mut self, s: &State) -> Saving {
        saved(self.keep(s))
    }
}

impl Disks {
    fn keep(&mut self, s: &State) -> Result<()> {
        if self.fuse == 0 {
            return Err(Error::new(Class::Store, "power cut"));
        }
        self.fuse -= 1;
        *self.saves.borrow_mut() += 1;
        // As text and back, as on a real disk.
        let text = serde_json::to_string(s).unwrap();
        *self.disk.borrow_mut() = serde_json::from_str(&text).unwrap();
        Ok(())
    }
}

struct Tape(Rc<RefCell<Vec<Event>>>);
impl Report for Tape {
    fn on(&mut self, _: Timestamp, event: &Event) {
        self.0.borrow_mut().push(event.clone());
    }
}

/// Enough saves for any run.
pub(crate) const PLENTY: usize = 10_000;
/// Longer than any run.
pub(crate) const FOREVER: Duration = Duration::from_secs(100_000);

impl Machine {
    pub(crate) fn plan(&self, want: &Graph<Cloud>) -> Plan<Cloud> {
        plan(want, &self.disk.borrow(), KINDS, &self.timings).unwrap()
    }

    pub(crate) fn runner(&self, fuse: usize, stop: Stop) -> Runner<Cloud> {
        self.limited(fuse, stop, Limits { consent: self.consent.clone(), ..Limits::default() })
    }

    pub(crate) fn limited(&self, fuse: usize, stop: Stop, limits: Limits) -> Runner<Cloud> {
        let store = Disks { disk: self.disk.clone(), saves: self.saves.clone(), fuse };
        let have = self.disk.borrow().clone();
        let reports: Vec<Box<dyn Report>> = vec![Box::new(Tape(self.events.clone()))];
        let ledger = Rc::new(Ledger::new(have, Box::new(store), reports, self.clock.unwrap_or_else(Clock::start)));
        Runner::new(self.cloud.clone(), KINDS, ledger, self.timings.clone(), limits, stop)
    }

    /// Run until the end, until the disk fails after `fuse` saves, or until the power fails after `power`.
    pub(crate) async fn go(&self, want: &Graph<Cloud>, fuse: usize, power: Duration) -> Option<Summary> {
        let runner = self.runner(fuse, Stop::default());
        let plan = self.plan(want);
        timeout(power, runner.run(&plan)).await.ok().map(Result::unwrap)
    }

    /// Run to the end, which must be complete.
    pub(crate) async fn done(&self, want: &Graph<Cloud>) -> Summary {
        let summary = self.go(want, PLENTY, FOREVER).await.unwrap();
        let failures: Vec<_> =
            self.events.borrow().iter().filter(|e| matches!(e, Event::Failed { .. })).cloned().collect();
        assert!(summary.is_complete(), "{summary:?} {failures:?}");
        summary
    }

    pub(crate) fn phases(&self) -> BTreeMap<String, &'static str> {
        self.disk.borrow().entries.iter().map(|(n, e)| (n.0.clone(), e.phase.word())).collect()
    }
}
