//! Reads outside of a run, repeated until they succeed. As in a run, the table of retries determines which errors are
//! retried, at what pace and for how long; the difference is that no task waits for these reads.
use crate::{Class, Error, Result, wait::Stop};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
    time::Duration,
};
use tokio::time::Instant;
use tracing::{Instrument, debug, error_span};

/// Waits longer than this are reported.
const MOMENT: Duration = Duration::from_secs(3);

/// The maximum time for which a read is retried.
const LONGEST: Duration = Duration::from_secs(600);

/// The maximum time for which a read is retried that was refused because its resource is being changed.
const BUSY: Duration = Duration::from_secs(30);

/// A read that has not succeeded yet.
#[derive(Clone, Copy, Debug)]
pub struct Unanswered<'a> {
    /// The last error.
    pub error: &'a Error,
    /// The time since the first failure.
    pub since: Duration,
    /// The maximum remaining time for retries.
    pub left: Duration,
}

type Tell = dyn Fn(&Unanswered<'_>);

tokio::task_local! {
    static TELL: Rc<Tell>;
}

/// Do the work; reads within it that keep failing for more than a moment are reported, each time before a retry.
pub async fn telling<T>(tell: impl Fn(&Unanswered<'_>) + 'static, work: impl Future<Output = T>) -> T {
    TELL.scope(Rc::new(tell), work).await
}

/// Repeat a read until it succeeds, or until a stop is requested, which also drops a read in flight. It is retried
/// after a pause where there were too many calls, or the request or its response was lost, for as long as the table of
/// retries allows; and for half a minute where its resource is being changed. A read may take several calls: when another one fails than before, its time starts anew, but the
/// total time is limited.
///
/// # Errors
/// The error of the read; `Interrupted` on a stop request.
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

/// A failing read. A response may take its time: only the time since the first failure counts.
struct Failing {
    first: Instant,
    /// The last error message; unchanged since `since`.
    message: String,
    since: Instant,
    times: u32,
}

impl Failing {
    fn now(before: Option<Self>, error: &Error) -> Self {
        let now = Instant::now();
        match before {
            Some(before) if before.message == error.message => Self { times: before.times + 1, ..before },
            before => {
                let (first, times) = before.map_or((now, 0), |before| (before.first, before.times + 1));
                Self { first, message: error.message.clone(), since: now, times }
            }
        }
    }

    /// The pause before the next retry, and the maximum time left for retries after that; `None` if a retry is not
    /// worth it. A resource that does not exist yet has given a valid response.
    fn pause(&self, error: &Error) -> Option<(Duration, Duration)> {
        if matches!(error.class, Class::Propagating | Class::Capacity) {
            return None;
        }
        let retry = error.class.retry()?;
        let longest = (retry.first * 2_u32.saturating_pow(self.times.min(16))).min(retry.most);
        let pause = longest.mul_f64(0.75 + 0.5 * jitter(error, self.times));
        let within = if error.class == Class::Busy { Some(BUSY) } else { retry.within };
        let left = within?.checked_sub(self.since.elapsed() + pause)?;
        Some((pause, left.min(LONGEST.checked_sub(self.first.elapsed() + pause)?)))
    }
}

/// Between 0 and 1. Reads that fail at the same time are retried at different times, which are the same in every run.
fn jitter(error: &Error, tried: u32) -> f64 {
    let mut hasher = DefaultHasher::new();
    (&error.message, tried).hash(&mut hasher);
    fastrand::Rng::with_seed(hasher.finish()).f64()
}
