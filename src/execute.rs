//! One run of the engine, connected to the screen, the history and the signals.
use crate::{
    args::Global,
    fail::{Exit, Result},
    forecast::Forecasting,
    halt::Halt,
    print::note,
    screen::Screen,
    session::Session,
    vanished, waiting,
};
use std::{convert::Infallible, future::pending, time::Duration};
use vidpipe_aws::Aws;
use vidpipe_engine::{
    Class, Clock, Graph, Ledger, Limits, Plan, State, Stop, Summary,
    event::{Event, Report},
    sweep::Swept,
};
use vidpipe_report::Traced;
use vidpipe_store::EnvLock;
use vidpipe_text::clean;

/// How often the screen is updated.
const TICK: Duration = Duration::from_millis(125);

/// The inputs of a run.
pub(crate) struct Run<'a> {
    pub(crate) global: &'a Global,
    pub(crate) session: &'a Session,
    pub(crate) lock: &'a EnvLock,
    pub(crate) command: &'static str,
    pub(crate) limits: &'a Limits,
    pub(crate) clock: Clock,
    pub(crate) halt: &'a Halt,
}

/// The result of a run.
pub(crate) struct Outcome {
    pub(crate) summary: Summary,
    pub(crate) state: State,
    /// The resources that still exist, if everything was to be deleted and every recorded resource was.
    pub(crate) swept: Option<Swept>,
    /// Whether another run took the environment.
    pub(crate) lost: bool,
    /// The signal that stopped the run.
    pub(crate) signal: Option<Exit>,
    /// The screen, which holds the progress for the summary.
    pub(crate) screen: Screen,
}

impl Run<'_> {
    /// Executes the plan and shows its progress.
    pub(crate) async fn go(
        &self,
        plan: &Plan<Aws>,
        want: &Graph<Aws>,
        have: State,
        forecasting: &mut Forecasting,
    ) -> Result<Outcome> {
        self.halt.begin_run();
        // The deadline applies to the whole command: the time before the run counts.
        let deadline = self.limits.deadline.map(|deadline| self.halt.left_of(deadline));
        let limits = Limits { deadline, ..self.limits.clone() };
        let screen = Screen::new(self.global);
        let env = self.lock.env();
        let (history, upload) = env.record(self.command, self.clock.now());
        let reports: Vec<Box<dyn Report>> = vec![Box::new(history.clone()), Box::new(screen.clone()), Box::new(Traced)];
        if let Some(is_held) = self.lock.is_held() {
            self.session.aws().change_only_while(is_held);
        }
        let store = self.session.keeping(self.lock.store());
        let stop = Stop::default();
        let ledger = Ledger::new(have, store, reports, self.clock);
        let run = vidpipe_run::Run::new(self.session.provider(), ledger, limits, stop.clone());
        run.begin(self.command);
        let done = async {
            if want.nodes.is_empty() {
                return run.clear(plan, waiting::words).await;
            }
            run.apply(plan).await.map(|summary| (summary, None))
        };
        let done = tokio::select! {
            done = done => done,
            never = self.halt.reach(&stop, deadline.is_some()) => match never {},
            never = tick(&screen, self.clock) => match never {},
            never = tell(forecasting, run.ledger()) => match never {},
        };
        vanished::see_to(self.lock, run.ledger()).await?;
        let kept = match &done {
            Ok((summary, _)) if summary.is_complete() && !want.nodes.is_empty() => run.keep_outputs(want).await,
            _ => Ok(()),
        };
        screen.close();
        if let Some(trouble) = history.trouble() {
            note(&format!("warning: {trouble}"))?;
        }
        if let Some(upload) = upload
            && let Err(why) = upload.end().await
        {
            note(&format!("warning: the history of this run could not be written: {}", clean(&why)))?;
        }
        let (summary, swept) = done?;
        kept?;
        let lost = !summary.is_complete() && run.ledger().check().is_err_and(|e| e.class == Class::Taken);
        Ok(Outcome { summary, state: run.ledger().snapshot(), swept, lost, signal: self.halt.signal(), screen })
    }
}

#[allow(clippy::disallowed_methods, reason = "the screen's clock, which no work waits for")]
async fn tick(screen: &Screen, clock: Clock) -> Infallible {
    loop {
        tokio::time::sleep(TICK).await;
        screen.tick(clock.now());
    }
}

/// Reports the forecast as soon as it is available.
async fn tell(forecasting: &mut Forecasting, ledger: &Ledger) -> Infallible {
    if let Some(forecast) = forecasting.of_run().await {
        ledger.tell(&Event::Forecast(forecast.clone()));
    }
    pending().await
}
