//! The sweep after `down`: asks every service vidpipe touches what is still there of an environment.
//!
//! It trusts nothing the run believed. The engine asks by intent and by recorded id; here each service is asked by our
//! lineage tag, by the names the environment had, and for what AWS makes by itself and nobody ordered. A candidate is
//! settled by the service's own describe, never by the Resource Groups Tagging API, which shows what is gone for hours
//! (`aws/aws-sdk#302`). It only reads; what is of another lineage is not ours, whatever its name. What is found to be ours is
//! told with what it takes to remove it.
use crate::{Aws, KINDS};
use futures::future::{LocalBoxFuture, join_all};
use std::{rc::Rc, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{
    Class, Result, State, Stop, looking_by_turns,
    sweep::{Swept, Unknown, look_again},
};

/// The items on all pages of a listing: one question.
macro_rules! all {
    ($look:expr, $doing:expr, $call:expr) => {{
        let call = $call;
        let pages = async || items!(call.clone()).all().await;
        $look.ask($doing, pages).await
    }};
}

mod apigateway;
mod cloudtrail;
mod cloudwatch;
mod ec2;
mod ecs;
mod efs;
mod elasticache;
mod elb;
mod iam;
mod kinesis;
mod kms;
mod logs;
mod look;
mod rds;
mod s3;
mod scaling;
mod secrets;
mod sns;
mod sqs;

use look::Look;

/// A service that still wrote when its log group went makes the group again: it is looked again after so long.
/// CloudFormation users wait about as long before theirs stay away (`aws/containers-roadmap#2315`, and
/// `hashicorp/terraform-provider-aws#29247`); the length itself is an assumption. For SQS it is documented.
pub const QUIET: Duration = Duration::from_secs(60);

/// One question, or one listing and the questions that settle what it lists.
struct Probe<'a> {
    what: &'static str,
    ask: LocalBoxFuture<'a, Result<()>>,
}

fn probe<'a>(what: &'static str, ask: impl Future<Output = Result<()>> + 'a) -> Probe<'a> {
    Probe { what, ask: Box::pin(ask) }
}

type Probes = for<'a> fn(&'a Look<'a>) -> Vec<Probe<'a>>;

/// Every service vidpipe touches; a test compares them with the kinds.
const SERVICES: &[(&str, Probes)] = &[
    ("apigateway", apigateway::probes),
    ("cloudtrail", cloudtrail::probes),
    ("cloudwatch", cloudwatch::probes),
    ("ec2", ec2::probes),
    ("ecs", ecs::probes),
    ("efs", efs::probes),
    ("elasticache", elasticache::probes),
    ("elb", elb::probes),
    ("iam", iam::probes),
    ("kinesis", kinesis::probes),
    ("kms", kms::probes),
    ("logs", logs::probes),
    ("rds", rds::probes),
    ("s3", s3::probes),
    ("scaling", scaling::probes),
    ("secrets", secrets::probes),
    ("sns", sns::probes),
    ("sqs", sqs::probes),
];

/// What is still there of the environment of that state. Changes nothing.
///
/// # Errors
/// `Interrupted` when it is asked to stop. A question without an answer is no error: it is in the result.
pub async fn sweep(aws: &Rc<Aws>, state: &State, stop: &Stop) -> Result<Swept> {
    let (ours, known) = futures::join!(asked(aws, state, stop, SERVICES), look_again(aws, KINDS, state, stop));
    Ok(ours?.and(known?))
}

/// The sweep that a removal ends with: of what may show late there is a second look, after a quiet period. Whoever
/// listens is told what is looked at, or waited for. Of an endpoint that keeps its own time nothing comes again.
///
/// # Errors
/// `Interrupted` when it is asked to stop.
pub async fn to_the_end(
    aws: &Rc<Aws>,
    state: &State,
    stop: &Stop,
    elsewhere: bool,
    tell: &dyn Fn(String),
) -> Result<Swept> {
    tell("asking every service what is still there".into());
    let quiet = lasts(state, elsewhere);
    if quiet.is_zero() {
        return sweep(aws, state, stop).await;
    }
    // There is time: nobody waits longer for looks that are made one after the other.
    let over = Instant::now() + quiet;
    let swept = looking_by_turns(stop, sweep(aws, state, stop)).await?;
    // What is there for certain is removed first, and then looked for again; a queue may only be listed still.
    if swept.left().any(|f| f.remains.is_some() && f.service != "sqs") {
        return Ok(swept);
    }
    let left = over.saturating_duration_since(Instant::now());
    tell(format!("waiting {} s, then looking again for what shows late", left.as_secs()));
    stop.pause(left).await?;
    looking_by_turns(stop, sweep_again(aws, state, swept, stop)).await
}

/// How long that takes, beyond its calls.
pub fn lasts(state: &State, elsewhere: bool) -> Duration {
    if may_come_back(state) && !elsewhere { QUIET } else { Duration::ZERO }
}

/// The same once more after [`QUIET`], where the first answer may be another's: what services made again after their log
/// groups went, and queues, which SQS goes on listing for up to 60 seconds after they are gone
/// ([DeleteQueue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html)). A queue that
/// was found first is left only if it is found again.
///
/// # Errors
/// `Interrupted` when it is asked to stop.
pub async fn sweep_again(aws: &Rc<Aws>, state: &State, mut first: Swept, stop: &Stop) -> Result<Swept> {
    let mut services: Vec<(&str, Probes)> = vec![("logs", logs::probes)];
    if first.found.iter().any(|f| f.service == "sqs") {
        first.found.retain(|f| f.service != "sqs");
        services.push(("sqs", sqs::probes));
    }
    Ok(first.and(asked(aws, state, stop, &services).await?))
}

/// Whether the environment had something of which the first answer may be another's: what makes its log group again after it
/// went, or what is listed after it went.
pub fn may_come_back(state: &State) -> bool {
    let mut all = state.removed.values().chain(state.entries.values());
    all.any(|e| matches!(e.kind.as_str(), "logs:service-log-group" | "apigateway:account-role" | "sqs:queue"))
}

async fn asked(aws: &Aws, state: &State, stop: &Stop, services: &[(&str, Probes)]) -> Result<Swept> {
    let looks: Vec<Look<'_>> = services.iter().map(|(service, _)| Look::new(aws, state, stop, service)).collect();
    let each = looks.iter().zip(services).map(|(look, (_, probes))| join_all(probes(look).into_iter().map(answered)));
    let answers: Vec<Vec<(&str, Result<()>)>> = join_all(each).await;
    let mut swept = Swept { services: services.len(), ..Swept::default() };
    for (look, answers) in looks.into_iter().zip(answers) {
        for (what, answer) in answers {
            match answer {
                Err(e) if e.class == Class::Interrupted => return Err(e),
                Err(e) => swept.unknown.push(Unknown::new(look.service, what, &e)),
                Ok(()) => {}
            }
        }
        let (found, asked) = look.seen();
        swept = swept.and(Swept { found, asked, ..Swept::default() });
    }
    Ok(swept)
}

async fn answered(probe: Probe<'_>) -> (&'static str, Result<()>) {
    (probe.what, probe.ask.await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_service_is_forgotten() {
        let swept: BTreeSet<&str> = SERVICES.iter().map(|(service, _)| *service).collect();
        let made: BTreeSet<&str> = KINDS.iter().filter_map(|k| Some(k.name().split_once(':')?.0)).collect();
        assert_eq!(swept, made);
    }
}
