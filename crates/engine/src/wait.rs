//! The only loop that waits. Kinds look or ask once; this decides when to look or ask again.
use crate::{
    Class, Error, Result, Retry,
    event::{Event, Fault, Half, Halt},
    graph::Name,
    ledger::Ledger,
    plan::NeededBy,
    slack::Slack,
    youth,
};
use std::{cell::RefCell, collections::HashMap, ops::ControlFlow, rc::Rc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

/// The shortest pause between two looks.
const DENSE: Duration = Duration::from_millis(250);
/// The longest pause between two looks at what the end of the run depends on: a two-hundredth of what it took so far, but
/// never less or more than this.
const STEADY: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(3)];
const RELATIVE: u32 = 200;
/// What has time is looked at so often within it, so that it comes to its end with most of it left.
const WITHIN_SLACK: u32 = 8;
/// However much time it has, it is looked at after this long.
const LONGEST: Duration = Duration::from_secs(30);

/// A wish to stop, shared by whoever hears signals and whoever waits.
#[derive(Clone)]
pub struct Stop(watch::Sender<Option<Halt>>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Stop {
    /// Ask to stop.
    pub fn ask(&self) {
        self.ask_for(Halt::Asked);
    }

    /// Ask to stop, for that reason. The first reason counts.
    pub fn ask_for(&self, why: Halt) {
        self.0.send_if_modified(|asked| asked.is_none() && asked.replace(why).is_none());
    }

    /// Whether it was asked.
    pub fn asked(&self) -> bool {
        self.why().is_some()
    }

    /// Why it was asked; `None` if it was not.
    pub fn why(&self) -> Option<Halt> {
        *self.0.borrow()
    }

    /// Return when it is asked.
    pub async fn wait(&self) {
        // The sender is alive as long as we are, so this cannot fail.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// Do that, and drop it where it is when it is asked to stop. Only for what changes nothing.
    ///
    /// # Errors
    /// What that came to; `Interrupted`, at once, when it is asked.
    pub async fn unless_asked<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.wait() => Err(Error::new(Class::Interrupted, "wait any longer: stopped on request")),
            done = work => done,
        }
    }

    /// Pause, unless it is asked to stop.
    ///
    /// # Errors
    /// `Interrupted`, at once, when it is asked.
    #[allow(clippy::disallowed_methods, reason = "the only place that sleeps for the work")]
    pub async fn pause(&self, pause: Duration) -> Result<()> {
        let slept = async {
            sleep(pause).await;
            Ok(())
        };
        self.unless_asked(slept).await
    }
}

/// What waits in vain in this run, and for what: what it stands on has failed, and only another run tries that again.
///
/// However much fails, every node is marked at most once, and only who is marked is woken.
#[derive(Default)]
pub(crate) struct InVain {
    failed: RefCell<HashMap<Name, Name>>,
    waiting: RefCell<HashMap<Name, Rc<Notify>>>,
}

impl InVain {
    /// From now on whatever stands on that node waits in vain. The first failure is the one to name: others follow from it.
    pub(crate) fn add(&self, node: &Name, needed_by: &NeededBy<'_>) {
        let (mut failed, waiting) = (self.failed.borrow_mut(), self.waiting.borrow());
        let mut front = vec![node];
        while let Some(on) = front.pop() {
            for user in needed_by.get(on).into_iter().flatten() {
                // What was marked before is so together with everything that stands on it.
                if failed.contains_key(*user) {
                    continue;
                }
                failed.insert((*user).clone(), node.clone());
                if let Some(waiting) = waiting.get(*user) {
                    waiting.notify_one();
                }
                front.push(user);
            }
        }
    }

    /// A new run tries everything again.
    pub(crate) fn clear(&self) {
        self.failed.borrow_mut().clear();
        self.waiting.borrow_mut().clear();
    }

    /// Return when that node waits in vain, with what failed.
    async fn wait(&self, node: &Name) -> Name {
        loop {
            if let Some(failed) = self.failed.borrow().get(node) {
                return failed.clone();
            }
            let told = self.waiting.borrow_mut().entry(node.clone()).or_default().clone();
            told.notified().await;
        }
    }
}

/// A pause before a call.
enum Pause {
    /// As long as that.
    Fixed(Duration),
    /// Before the next look, having waited so long; with a number between 0 and 1 that keeps looks apart.
    ToLook { waited: Duration, jitter: f64 },
}

/// One wait of one node.
pub(crate) struct Wait<'a> {
    pub(crate) node: &'a Name,
    pub(crate) half: Half,
    pub(crate) ledger: &'a Ledger,
    pub(crate) stop: &'a Stop,
    pub(crate) in_vain: &'a InVain,
    pub(crate) slack: &'a Slack,
    pub(crate) rng: &'a RefCell<fastrand::Rng>,
    /// How long it has been going on already, in an earlier run.
    pub(crate) already: Duration,
    /// Before this there is no point in a second look.
    pub(crate) patience: Duration,
    /// Give up after this long.
    pub(crate) within: Duration,
}

impl Wait<'_> {
    /// Look until `Break`, asking again what the table of retries says is worth it, until the deadline or until what the
    /// node stands on has failed. Only a pause ends so: a look in flight is heard out.
    pub(crate) async fn until<T>(&self, mut look: impl AsyncFnMut() -> Result<ControlFlow<T, String>>) -> Result<T> {
        let began = Instant::now();
        let (mut said, mut failing, mut refused) = (String::new(), None::<Failing>, None::<Error>);
        loop {
            let pause = match look().await {
                Ok(ControlFlow::Break(found)) => return Ok(found),
                Ok(ControlFlow::Continue(why)) => {
                    (failing, refused) = (None, None);
                    if why != said {
                        let (node, half) = (self.node.clone(), self.half);
                        self.ledger.tell(&Event::Waiting { node, half, why: why.clone() });
                        said.clone_from(&why);
                    }
                    Pause::ToLook { waited: self.already + began.elapsed(), jitter: self.rng.borrow_mut().f64() }
                }
                Err(error) => match self.after(&error, &mut failing) {
                    Some(pause) => {
                        // A lost answer in between takes nothing back of what was said before.
                        if refused.as_ref().is_none_or(|last| error.class.refuses() || !last.class.refuses()) {
                            refused = Some(error);
                        }
                        Pause::Fixed(pause)
                    }
                    None => return Err(error.settled()),
                },
            };
            if began.elapsed() + self.length(&pause) > self.within {
                return Err(self.too_late(&said, refused));
            }
            tokio::select! {
                biased;
                failed = self.in_vain.wait(self.node), if self.half == Half::Ensure => return Err(self.lost(&failed)),
                paused = self.pause(pause) => paused?,
            }
        }
    }

    fn length(&self, pause: &Pause) -> Duration {
        match pause {
            Pause::Fixed(pause) => *pause,
            Pause::ToLook { waited, jitter } => self.next_look(*waited, *jitter),
        }
    }

    /// Pause. A pause that is long because there was time ends when there is none any more.
    async fn pause(&self, pause: Pause) -> Result<()> {
        let began = Instant::now();
        loop {
            let left = self.length(&pause).saturating_sub(began.elapsed());
            tokio::select! {
                biased;
                paused = self.stop.pause(left) => return paused,
                () = self.slack.shrinks() => {}
            }
        }
    }

    /// Nothing until it is likely; then densely for what is quick, every few seconds for what is slow, and less often for
    /// what has time.
    fn next_look(&self, waited: Duration, jitter: f64) -> Duration {
        // Until it is likely: rather a look too early than one too late.
        let until = self.patience.saturating_sub(waited).mul_f64(0.98 + 0.02 * jitter);
        let slack = self.slack.of(&(self.half, self.node.clone()));
        let most = (waited / RELATIVE).clamp(STEADY[0], STEADY[1]).max((slack / WITHIN_SLACK).min(LONGEST));
        (waited / 2).clamp(DENSE, most).mul_f64(0.9 + 0.2 * jitter).max(until)
    }

    /// The pause before the same is tried again; `None` if it is not worth it.
    pub(crate) fn after(&self, error: &Error, failing: &mut Option<Failing>) -> Option<Duration> {
        let retry = error.class.retry()?;
        let run = failing.take().filter(|f| f.class == error.class);
        let run = run.unwrap_or(Failing { class: error.class, since: Instant::now(), pause: retry.first });
        let left = self.left(error, &retry, run.since.elapsed());
        if left.is_some_and(|left| left.is_zero()) {
            return None;
        }
        let pause = run.pause.mul_f64(0.75 + 0.5 * self.rng.borrow_mut().f64());
        *failing = Some(Failing { pause: (run.pause * 2).min(retry.most), ..run });
        let (node, half) = (self.node.clone(), self.half);
        self.ledger.tell(&Event::Retrying { node, half, error: Fault::from(error), pause, left });
        Some(pause)
    }

    /// For how long it is worth asking again after it was said for so long already; `None` leaves it to the deadline.
    fn left(&self, error: &Error, retry: &Retry, since: Duration) -> Option<Duration> {
        let lasts = error.patience.map(|seconds| Duration::from_secs(seconds.into()));
        let patience = |usual: Duration| lasts.unwrap_or(usual).saturating_sub(since);
        match (error.class, error.otherwise) {
            (Class::Propagating, otherwise) => {
                let young = youth::left(self.ledger, self.node);
                Some(match otherwise {
                    // It may as well be meant for good.
                    Some(_) => young.min(patience(youth::YOUNG)),
                    None => young.max(patience(retry.within.unwrap_or_default())),
                })
            }
            _ => lasts.or(retry.within).map(patience),
        }
    }

    /// It may have begun on values of what failed later, without which it never comes to its end.
    fn lost(&self, failed: &Name) -> Error {
        Error::new(Class::Invalid, format!("see {} done: what it stands on failed: {failed}", self.node))
            .hint("see why that failed, and run the same command again: it goes on from here")
    }

    /// The deadline has come: with what was said last, by the provider of the thing or by who refused.
    fn too_late(&self, said: &str, refused: Option<Error>) -> Error {
        let what = format!("see {} done within {} s", self.node, self.within.as_secs());
        let again = "run the same command again to go on waiting, or raise --timeout for this kind";
        match refused {
            None => Error::new(Class::TimedOut, format!("{what}: {said}")).hint(again),
            Some(refused) => Error {
                call: refused.call.clone(),
                code: refused.code.clone(),
                request_id: refused.request_id.clone(),
                hint: refused.hint.clone().or_else(|| Some(again.into())),
                ..Error::new(Class::TimedOut, format!("{what}: {}", refused.message))
            }
            .caused_by(refused),
        }
    }
}

/// A run of failures of one class.
pub(crate) struct Failing {
    class: Class,
    since: Instant,
    pause: Duration,
}
