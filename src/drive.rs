//! One run of the engine, with those who watch it: the screen, the history, and the signals.
use crate::{
    cli::Global,
    fail::{Exit, Result},
    forecast::Forecasting,
    screen::Screen,
    session::Session,
    waiting,
};
use std::{cell::Cell, convert::Infallible, future::pending, rc::Rc, time::Duration};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::Instant,
};
use vidpipe_aws::{Aws, KINDS, sweep};
use vidpipe_engine::{
    Class, Clock, Graph, Ledger, Limits, Plan, Runner, State, Stop, Summary, Unanswered,
    event::{Event, Report},
    looking_by_turns,
    sweep::Swept,
    telling,
};
use vidpipe_report::Traced;
use vidpipe_store::Lock;

/// How often the screen looks at the clock.
const TICK: Duration = Duration::from_millis(125);

/// What a run works on.
pub(crate) struct Run<'a> {
    pub(crate) global: &'a Global,
    pub(crate) session: &'a Session,
    pub(crate) lock: &'a Lock,
    pub(crate) command: &'static str,
    pub(crate) limits: &'a Limits,
    pub(crate) clock: Clock,
}

/// What a run came to.
pub(crate) struct Outcome {
    pub(crate) summary: Summary,
    pub(crate) state: State,
    /// What is still there, if all was to go, and went as far as is recorded.
    pub(crate) swept: Option<Swept>,
    /// The signal that stopped it.
    pub(crate) signal: Option<Exit>,
    /// Everything that happened, for the summary.
    pub(crate) screen: Screen,
}

impl Run<'_> {
    /// Do the plan, and show it.
    pub(crate) async fn go(
        &self,
        plan: &Plan<Aws>,
        want: &Graph<Aws>,
        have: State,
        forecasting: &mut Forecasting,
    ) -> Result<Outcome> {
        let screen = Screen::new(self.global);
        let history = self.lock.place().record(self.command, self.clock.now());
        let reports: Vec<Box<dyn Report>> = vec![Box::new(history.clone()), Box::new(screen.clone()), Box::new(Traced)];
        let store = self.session.keeping(Box::new(self.lock.store()));
        let env = have.env.clone();
        let ledger = Rc::new(Ledger::new(have, store, reports, self.clock));
        let stop = Stop::default();
        let runner = Runner::new(
            self.session.aws.clone(),
            KINDS,
            ledger.clone(),
            self.session.timings.clone(),
            self.limits.clone(),
            stop.clone(),
        );
        ledger.tell(&Event::Began {
            command: self.command.into(),
            pipeline: env.pipeline,
            suffix: env.suffix,
            region: env.region,
            elsewhere: self.session.timings.is_elsewhere(),
        });
        let signal = Cell::new(None);
        let done = async {
            let mut summary = runner.run(plan).await?;
            // Of what was taken back, the rest may stand as before.
            let all_gone = summary.is_complete() && want.nodes.is_empty() && ledger.snapshot().entries.is_empty();
            let told = ledger.clone();
            let tell = move |not: &Unanswered<'_>| told.tell(&Event::Sweeping { why: waiting::words(not) });
            let swept = if all_gone { telling(tell, self.sweep(&ledger, &stop)).await? } else { None };
            summary.stopped |= all_gone && swept.is_none();
            Ok::<_, vidpipe_engine::Error>((summary, swept))
        };
        let (summary, swept) = tokio::select! {
            done = done => done?,
            never = watch(&stop, &signal) => match never {},
            never = tick(&screen, self.clock) => match never {},
            never = tell(forecasting, &ledger) => match never {},
        };
        if summary.is_complete() && !want.nodes.is_empty() {
            let shown = runner.shown(want)?;
            ledger.amend(|state| state.outputs = shown).await?;
        }
        screen.close();
        if let Some(trouble) = history.trouble() {
            crate::commands::note(&format!("warning: {trouble}"))?;
        }
        Ok(Outcome { summary, state: ledger.snapshot(), swept, signal: signal.get(), screen })
    }

    /// Ask what is still there; of what services make again, or list after it went, a second time after a quiet period. `None`
    /// when the user stopped it.
    async fn sweep(&self, ledger: &Ledger, stop: &Stop) -> vidpipe_engine::Result<Option<Swept>> {
        let (aws, state) = (&self.session.aws, ledger.snapshot());
        let twice = !sweeping(self.session, &state).is_zero();
        let asked = async || -> vidpipe_engine::Result<Swept> {
            ledger.tell(&Event::Sweeping { why: "asking every service what is still there".into() });
            if !twice {
                return sweep::sweep(aws, &state, stop).await;
            }
            // There is time: nobody waits longer for looks that are made one after the other.
            let quiet = Instant::now() + sweep::QUIET;
            let swept = looking_by_turns(stop, sweep::sweep(aws, &state, stop)).await?;
            let left = quiet.saturating_duration_since(Instant::now());
            let why = format!("waiting {} s, then looking again for what shows late", left.as_secs());
            ledger.tell(&Event::Sweeping { why });
            stop.pause(left).await?;
            looking_by_turns(stop, sweep::sweep_again(aws, &state, swept, stop)).await
        };
        match asked().await {
            Ok(swept) => {
                ledger.tell(&Event::Swept(swept.clone()));
                Ok(Some(swept))
            }
            Err(e) if e.class == Class::Interrupted => Ok(None),
            Err(e) => Err(e),
        }
    }
}

/// How long it takes to see that nothing is left, after everything was removed: some things services make again.
pub(crate) fn sweeping(session: &Session, state: &State) -> Duration {
    let twice = sweep::may_come_back(state) && !session.timings.is_elsewhere();
    if twice { sweep::QUIET } else { Duration::ZERO }
}

#[allow(clippy::disallowed_methods, reason = "the screen's clock, which no work waits for")]
async fn tick(screen: &Screen, clock: Clock) -> Infallible {
    loop {
        tokio::time::sleep(TICK).await;
        screen.tick(clock.now());
    }
}

/// The forecast is told as soon as it is there.
async fn tell(forecasting: &mut Forecasting, ledger: &Ledger) -> Infallible {
    if let Some(forecast) = forecasting.of_run().await {
        ledger.tell(&Event::Forecast(forecast.clone()));
    }
    pending().await
}

/// The first signal asks the run to stop; the second ends the process at once, which every durable intent makes safe.
async fn watch(stop: &Stop, which: &Cell<Option<Exit>>) -> Infallible {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    let first = next(&mut interrupt, &mut terminate).await;
    which.set(Some(first));
    stop.ask();
    let second = next(&mut interrupt, &mut terminate).await;
    std::process::exit(second as i32);
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) -> Exit {
    tokio::select! {
        _ = interrupt.recv() => Exit::Interrupted,
        _ = terminate.recv() => Exit::Terminated,
    }
}
