//! The sweep after `down`: lists what remains of an environment, in every service vidpipe uses.
//!
//! It does not rely on what the run concluded. The engine reads resources by intent and by recorded id; the sweep
//! lists each service by our lineage tag, by the names the environment had, and for resources that AWS creates by
//! itself. A candidate is confirmed by the service's own describe call, never by the Resource Groups Tagging API,
//! which lists deleted resources for hours (`aws/aws-sdk#302`). The sweep only reads. A resource of another lineage
//! is not ours, whatever its name. A resource found to be ours is returned with what its removal needs.
use crate::{
    Aws, KINDS,
    declare::AwsService,
    probe::{Probe, SweepCx},
    services::{SERVICES, named},
};
use futures::future::join_all;
use std::{rc::Rc, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{
    Class, Result, State, Stop, rate_limited,
    sweep::{Swept, Unknown, read_again},
};

/// The delay before log groups are listed again: a service that is still writing when its log group is deleted
/// creates the group again. CloudFormation users wait about as long before theirs stay deleted
/// (`aws/containers-roadmap#2315`, and `hashicorp/terraform-provider-aws#29247`). The length itself is an assumption.
/// For SQS it is documented.
pub const QUIET: Duration = Duration::from_secs(60);

/// Returns what remains of the environment with this state. Changes nothing.
///
/// # Errors
/// `Interrupted` when a stop is requested. A request without an answer is not an error: it is part of the result.
pub async fn sweep(aws: &Rc<Aws>, state: &State, stop: &Stop) -> Result<Swept> {
    let (ours, known) = futures::join!(asked(aws, state, stop, SERVICES), read_again(aws, KINDS, state, stop));
    Ok(ours?.and(known?))
}

/// The sweep at the end of a removal. Resources that may appear late are listed again after a quiet period. `tell`
/// receives progress messages. At an emulated endpoint nothing appears late.
///
/// # Errors
/// `Interrupted` when a stop is requested.
pub async fn to_the_end(
    aws: &Rc<Aws>,
    state: &State,
    stop: &Stop,
    emulated: bool,
    tell: &dyn Fn(String),
) -> Result<Swept> {
    tell("checking every service for remaining resources".into());
    let quiet = lasts(state, emulated);
    if quiet.is_zero() {
        return sweep(aws, state, stop).await;
    }
    // The quiet period must pass anyway, so rate-limiting the reads costs no time.
    let over = Instant::now() + quiet;
    let swept = rate_limited(stop, sweep(aws, state, stop)).await?;
    // Resources that certainly exist are removed before a second sweep; a queue may be deleted and only listed still.
    if swept.left().any(|f| f.remains.is_some() && f.service != "sqs") {
        return Ok(swept);
    }
    let left = over.saturating_duration_since(Instant::now());
    tell(format!("waiting {} s, then checking again for what appears late", left.as_secs()));
    stop.pause(left).await?;
    rate_limited(stop, sweep_again(aws, state, swept, stop)).await
}

/// The duration of the sweep at the end of a removal, beyond its calls.
pub fn lasts(state: &State, emulated: bool) -> Duration {
    if may_come_back(state) && !emulated { QUIET } else { Duration::ZERO }
}

/// Sweeps again after [`QUIET`], where the first answer may be out of date: log groups, which services may create
/// again after deletion, and queues, which SQS lists for up to 60 seconds after deletion
/// ([DeleteQueue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html)). A
/// queue found first counts only if it is found again.
///
/// # Errors
/// `Interrupted` when a stop is requested.
pub async fn sweep_again(aws: &Rc<Aws>, state: &State, mut first: Swept, stop: &Stop) -> Result<Swept> {
    let mut services = vec!["logs"];
    if first.found.iter().any(|f| f.service == "sqs") {
        first.found.retain(|f| f.service != "sqs");
        services.push("sqs");
    }
    let services: Vec<&AwsService> = services.into_iter().filter_map(named).collect();
    Ok(first.and(asked(aws, state, stop, &services).await?))
}

/// Returns whether the environment had resources for which the first answer may be out of date: whose log group may
/// be created again after deletion, or that are listed after deletion.
pub fn may_come_back(state: &State) -> bool {
    let mut all = state.removed.values().chain(state.entries.values());
    all.any(|e| matches!(e.kind.as_str(), "logs:service-log-group" | "apigateway:account-role" | "sqs:queue"))
}

async fn asked(aws: &Aws, state: &State, stop: &Stop, services: &[&AwsService]) -> Result<Swept> {
    let parts: Vec<SweepCx<'_>> = services.iter().map(|service| SweepCx::new(aws, state, stop, service.name)).collect();
    let each = parts.iter().zip(services).map(|(cx, service)| join_all((service.probes)(cx).into_iter().map(answered)));
    let answers: Vec<Vec<(&str, Result<()>)>> = join_all(each).await;
    let mut swept = Swept { services: services.len(), ..Swept::default() };
    for (cx, answers) in parts.into_iter().zip(answers) {
        for (what, answer) in answers {
            match answer {
                Err(e) if e.class == Class::Interrupted => return Err(e),
                Err(e) => swept.unknown.push(Unknown::new(cx.service, what, &e)),
                Ok(()) => {}
            }
        }
        let (found, asked) = cx.seen();
        swept = swept.and(Swept { found, asked, ..Swept::default() });
    }
    Ok(swept)
}

async fn answered(probe: Probe<'_>) -> (&'static str, Result<()>) {
    (probe.what, probe.ask.await)
}
