//! One run of the engine, with those who watch it: the screen, the history, and the signals.
use crate::{
    cli::Global,
    fail::{Exit, Result},
    forecast::Forecasting,
    halt::Halt,
    screen::Screen,
    session::Session,
    waiting,
};
use std::{convert::Infallible, future::pending, rc::Rc, time::Duration};
use vidpipe_aws::{Aws, KINDS, sweep};
use vidpipe_engine::{
    Clock, Graph, Ledger, Limits, Plan, Runner, State, Stop, Summary, Unanswered,
    event::{Event, Report},
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
    pub(crate) halt: &'a Halt,
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
        self.halt.begin_run();
        // The deadline is the command's: what came before the run has taken of it.
        let deadline = self.limits.deadline.map(|deadline| self.halt.left_of(deadline));
        let limits = Limits { deadline, ..self.limits.clone() };
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
            limits,
            stop.clone(),
        );
        ledger.tell(&Event::Began {
            command: self.command.into(),
            pipeline: env.pipeline,
            suffix: env.suffix,
            region: env.region,
            elsewhere: self.session.timings.is_elsewhere(),
        });
        let sweeping = |why| ledger.tell(&Event::Sweeping { why });
        let elsewhere = self.session.timings.is_elsewhere();
        let done = async {
            if want.nodes.is_empty() {
                let ask = async |state: &State| {
                    let told = ledger.clone();
                    let tell = move |not: &Unanswered<'_>| told.tell(&Event::Sweeping { why: waiting::words(not) });
                    let aws = &self.session.aws;
                    telling(tell, sweep::to_the_end(aws, state, &stop, elsewhere, &sweeping)).await
                };
                return runner.clear(plan, ask).await;
            }
            runner.run(plan).await.map(|summary| (summary, None))
        };
        let done = tokio::select! {
            done = done => done,
            never = self.halt.reach(&stop, deadline.is_some()) => match never {},
            never = tick(&screen, self.clock) => match never {},
            never = tell(forecasting, &ledger) => match never {},
        };
        crate::vanished::see_to(self.lock, &ledger).await?;
        let (summary, swept) = done?;
        if summary.is_complete() && !want.nodes.is_empty() {
            let shown = runner.shown(want)?;
            ledger.amend(|state| state.outputs = shown).await?;
        }
        screen.close();
        if let Some(trouble) = history.trouble() {
            crate::commands::note(&format!("warning: {trouble}"))?;
        }
        Ok(Outcome { summary, state: ledger.snapshot(), swept, signal: self.halt.signal(), screen })
    }
}

/// How long it takes to see that nothing is left, after everything was removed: some things services make again.
pub(crate) fn sweeping(session: &Session, state: &State) -> Duration {
    sweep::lasts(state, session.timings.is_elsewhere())
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
