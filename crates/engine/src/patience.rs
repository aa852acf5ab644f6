//! Reads outside of a run: a question that changes nothing is asked until it is answered. What is worth asking again, at
//! what pace and for how long, the table of retries says, as in a run; here nobody but the reader waits for it.
use crate::{Class, Error, Result, wait::Stop};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
    time::Duration,
};
use tokio::time::Instant;
use tracing::{Instrument, debug, error_span};

/// Whoever waits longer than this is told for what.
const MOMENT: Duration = Duration::from_secs(3);

/// No question is asked for longer than this.
const LONGEST: Duration = Duration::from_secs(600);

/// A question that is still not answered.
#[derive(Clone, Copy, Debug)]
pub struct Unanswered<'a> {
    /// What was said instead of an answer.
    pub error: &'a Error,
    /// It was asked for the first time so long ago.
    pub since: Duration,
    /// It is asked again for so long at most.
    pub left: Duration,
}

type Tell = dyn Fn(&Unanswered<'_>);

tokio::task_local! {
    static TELL: Rc<Tell>;
}

/// Do that; whoever waits in it for an answer for more than a moment says so, each time before it asks again.
pub async fn telling<T>(tell: impl Fn(&Unanswered<'_>) + 'static, work: impl Future<Output = T>) -> T {
    TELL.scope(Rc::new(tell), work).await
}

/// Ask a question that changes nothing until it is answered, or it is asked to stop, which ends a question in flight too: again after a pause where there were too many calls, or the
/// request or its answer was lost, for as long as the table of retries allows. A question may take several calls: where
/// another one fails than before, the patience for it is new, but in all there is an end to it.
///
/// # Errors
/// What was said instead of an answer; `Interrupted` when it is asked to stop.
pub async fn patiently<T>(stop: &Stop, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let (mut attempt, mut failing) = (1_u32, None::<Failing>);
    loop {
        let question = Box::pin(ask().instrument(error_span!("question", attempt)));
        let asked = stop.unless_asked(question).await;
        let error = match asked {
            Err(error) if error.class != Class::Interrupted => error,
            answer => return answer,
        };
        let (code, request_id) = (error.code.as_deref(), error.request_id.as_deref());
        debug!(class = ?error.class, code, request_id, "failed to {error}");
        let now = Failing::now(failing.take(), &error);
        let Some((pause, left)) = now.pause(&error) else { return Err(error) };
        let since = now.first.elapsed();
        if since + pause > MOMENT {
            let _ = TELL.try_with(|tell| tell(&Unanswered { error: &error, since, left }));
        }
        stop.pause(pause).await?;
        (attempt, failing) = (attempt + 1, Some(now));
    }
}

/// A question that fails. An answer may take its time: only what comes after the first failure counts.
struct Failing {
    first: Instant,
    /// The same was said since.
    said: String,
    since: Instant,
    times: u32,
}

impl Failing {
    fn now(before: Option<Self>, error: &Error) -> Self {
        let now = Instant::now();
        match before {
            Some(before) if before.said == error.message => Self { times: before.times + 1, ..before },
            before => {
                let (first, times) = before.map_or((now, 0), |before| (before.first, before.times + 1));
                Self { first, said: error.message.clone(), since: now, times }
            }
        }
    }

    /// The pause before it is asked again, and for how long it is asked in all after that; `None` if that is not worth it. A
    /// thing that is being changed, or is not there yet, answers so truly.
    fn pause(&self, error: &Error) -> Option<(Duration, Duration)> {
        if matches!(error.class, Class::Busy | Class::Propagating | Class::Capacity) {
            return None;
        }
        let retry = error.class.retry()?;
        let longest = (retry.first * 2_u32.saturating_pow(self.times.min(16))).min(retry.most);
        let pause = longest.mul_f64(0.75 + 0.5 * jitter(error, self.times));
        let left = retry.within?.checked_sub(self.since.elapsed() + pause)?;
        Some((pause, left.min(LONGEST.checked_sub(self.first.elapsed() + pause)?)))
    }
}

/// Between 0 and 1. What is asked at the same time is asked again at different times, and on the same day at the same.
fn jitter(error: &Error, tried: u32) -> f64 {
    let mut hasher = DefaultHasher::new();
    (&error.message, tried).hash(&mut hasher);
    fastrand::Rng::with_seed(hasher.finish()).f64()
}
