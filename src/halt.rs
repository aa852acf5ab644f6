//! Ends a command early: on a signal, or at its deadline.
//!
//! Before a run begins, a command only reads and prompts: it is dropped at whatever it awaits, so that no read can
//! escape. A run is requested to stop instead, and shuts down in order; reads after the run end at once.
use crate::{
    fail::{Exit, Failure, Result},
    waiting::Waiting,
};
use std::{
    convert::Infallible,
    fmt::Display,
    future::pending,
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    time::{Instant, sleep_until, timeout},
};
use vidpipe_engine::{Stop, event};
use vidpipe_report::text::duration;

mod ignored;

/// How long before its deadline a command starts to end.
const ENDING: Duration = Duration::from_millis(500);

/// How long a blocking operation may continue after a signal, outside of a run. No blocking operation changes anything.
const BLOCKED: Duration = Duration::from_secs(5);

/// Ends a command early, on a signal or at its deadline.
pub(crate) struct Halt {
    signal: Signalled,
    began: Instant,
    deadline: Option<Duration>,
}

impl Halt {
    /// Starts the clock of a command that has this deadline.
    pub(crate) fn new(signal: Signalled, deadline: Option<Duration>) -> Self {
        Self { signal, began: Instant::now(), deadline }
    }

    /// Marks the command as a run, which shuts down by itself when requested.
    pub(crate) fn begin_run(&self) {
        self.signal.is_run.store(true, Ordering::SeqCst);
    }

    /// Whether the run has begun.
    pub(crate) fn is_run(&self) -> bool {
        self.signal.is_run.load(Ordering::SeqCst)
    }

    /// The rest of `time`, counted from the start of the command.
    pub(crate) fn left_of(&self, time: Duration) -> Duration {
        time.saturating_sub(self.began.elapsed())
    }

    /// The deadline of the command, if any.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// The time left before the deadline, if any.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| self.left_of(deadline))
    }

    /// The first signal, if any.
    pub(crate) fn signal(&self) -> Option<Exit> {
        self.signal.which()
    }

    /// Returns when the command is to be dropped, with the failure to report. Never returns once a run has begun.
    pub(crate) async fn before_run(&self, waiting: &Waiting) -> Failure {
        let signal = tokio::select! {
            biased;
            signal = self.signal.wait() => Some(signal),
            () = self.late() => None,
        };
        if self.is_run() {
            return pending().await;
        }
        let unheard = waiting.last().map(|words| format!("; {words}")).unwrap_or_default();
        match (signal, self.deadline) {
            (None, Some(deadline)) => Failure::new(
                Exit::Partly,
                format!(
                    "the deadline of {} came before anything was begun: nothing was changed{unheard}",
                    duration(deadline)
                ),
            )
            .hint("run the same command again, with a longer --deadline"),
            (signal, _) => {
                Failure::new(signal.unwrap_or(Exit::Interrupted), format!("stopped: nothing was changed{unheard}"))
            }
        }
    }

    /// Passes a signal or the deadline on to a run. Without `by_deadline`, only signals stop it, as for a rollback the
    /// user requested.
    pub(crate) async fn reach(&self, stop: &Stop, by_deadline: bool) -> Infallible {
        tokio::select! {
            biased;
            _ = self.signal.wait() => stop.ask(),
            () = self.late(), if by_deadline => stop.ask_for(event::Halt::Deadline),
        }
        pending().await
    }

    #[allow(clippy::disallowed_methods, reason = "the deadline, at which work ends and none begins")]
    async fn late(&self) {
        match self.deadline {
            Some(deadline) => sleep_until(self.began + deadline.saturating_sub(ENDING)).await,
            None => pending().await,
        }
    }
}

/// The first signal, once one arrives.
#[derive(Clone)]
pub(crate) struct Signalled {
    first: watch::Receiver<Option<Exit>>,
    /// Whether a run has begun, which shuts down in order.
    is_run: Arc<AtomicBool>,
}

impl Signalled {
    /// Listens from now on, on its own thread. The second signal ends the process at once, whatever the program does;
    /// the durable intents make that safe.
    pub(crate) fn listen() -> Result<Self> {
        let failed = |e: &dyn Display| Failure::new(Exit::Failed, format!("failed to listen for signals: {e}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| failed(&e))?;
        let (tell, first) = watch::channel(None);
        let (ready, is_ready) = mpsc::channel();
        let is_run = Arc::new(AtomicBool::new(false));
        let runs = is_run.clone();
        let listen = async move {
            let mut signals = match Signals::new() {
                Ok(signals) => signals,
                Err(e) => return ready.send(Err(e)).unwrap_or_default(),
            };
            let _ = ready.send(Ok(()));
            let first = signals.next().await;
            tell.send_replace(Some(first));
            match timeout(BLOCKED, signals.next()).await {
                Ok(second) => process::exit(second as i32),
                Err(_) if !runs.load(Ordering::SeqCst) => process::exit(first as i32),
                Err(_) => process::exit(signals.next().await as i32),
            }
        };
        let listening = thread::Builder::new().name("signals".into()).spawn(move || runtime.block_on(listen));
        listening.map_err(|e| failed(&e))?;
        is_ready.recv().map_err(|e| failed(&e))?.map_err(|e| failed(&e))?;
        Ok(Self { first, is_run })
    }

    /// The first signal, if any.
    pub(crate) fn which(&self) -> Option<Exit> {
        *self.first.borrow()
    }

    async fn wait(&self) -> Exit {
        let mut receiver = self.first.clone();
        let first = receiver.wait_for(Option::is_some).await.ok().and_then(|first| *first);
        match first {
            Some(first) => first,
            // The listener has ended.
            None => pending().await,
        }
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    /// `None` under `nohup`: SIGHUP stays ignored.
    hang_up: Option<Signal>,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        let hang_up = (!ignored::hang_up()).then(|| signal(SignalKind::hangup())).transpose()?;
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())?, hang_up })
    }

    async fn next(&mut self) -> Exit {
        let Self { interrupt, terminate, hang_up } = self;
        let hung_up = async {
            match hang_up {
                Some(signal) => signal.recv().await,
                None => pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Terminated,
            _ = hung_up => Exit::HungUp,
        }
    }
}
