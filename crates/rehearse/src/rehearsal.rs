//! One life cycle: `up`, `up` again, `down` and its sweep, under the conditions of a seed.

use crate::{
    Ended, Harness,
    span::{Span, critical, of_aws, slowest, spans},
};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use vidpipe_aws::Aws;
use vidpipe_engine::{Error, Graph, event::Event};
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_sandbox::{Call, Clock, Conditions, Fate, is_read};

/// Maximum number of runs of a command.
const RUNS: usize = 20;

/// The result of a life cycle.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsal {
    /// The pipeline.
    pub pipeline: String,
    /// Its region.
    pub region: String,
    /// The seed of the conditions.
    pub seed: u64,
    /// Number of nodes.
    pub nodes: usize,
    /// `up` from nothing.
    pub up: Phase,
    /// `up` again, with nothing to change.
    pub again: Phase,
    /// `down`.
    pub down: Phase,
    /// Number of resources created, by the sandbox's ledger.
    pub made: usize,
    /// The services whose service-linked roles were created and stay in the account; empty if the account had them.
    pub stays: Vec<String>,
    /// The violations: resources created twice or left behind, and changes that were not necessary.
    pub violations: Vec<String>,
}

impl Rehearsal {
    /// Whether nothing was created twice, left behind, or changed without need.
    pub fn is_balanced(&self) -> bool {
        self.violations.is_empty()
    }
}

/// The result of one command, over all of its runs.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// Number of runs; `None` if the command did not complete.
    pub runs: Option<usize>,
    /// Duration in AWS's time, in seconds.
    pub seconds: f64,
    /// Read calls.
    pub reads: usize,
    /// Mutating calls.
    pub changes: usize,
    /// Calls that AWS throttled.
    pub throttled: usize,
    /// Calls with an injected fault.
    pub faulted: usize,
    /// Calls repeated after a failure.
    pub retries: usize,
    /// Maximum number of concurrent tasks.
    pub widest: usize,
    /// The longest tasks, with their seconds, slowest first.
    pub slowest: Vec<(String, f64)>,
    /// The critical path: the chain of tasks that each start when the previous one ends, up to the task that ended
    /// last.
    pub critical: Vec<(String, f64)>,
    /// AWS's own share of that chain, in seconds: the usual duration of each task, plus the time in which AWS refused
    /// it, but never more than the time waited. Meaningful only if every task takes its usual time.
    pub aws_seconds: f64,
    /// The refusals, with their counts and outcomes.
    pub refused: Vec<Refusal>,
}

impl Phase {
    /// The duration relative to AWS's share of it: 1 is as fast as AWS allows.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        if self.aws_seconds > 0.0 { self.seconds / self.aws_seconds } else { 1.0 }
    }
}

/// An error that AWS returned for a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The node.
    pub node: String,
    /// The AWS error code, or the message if there is no code.
    pub code: String,
    /// Number of occurrences.
    pub times: usize,
    /// Whether the node completed nevertheless.
    pub overcome: bool,
}

/// Runs `up`, `up` again and `down` for an environment of that spec, under those conditions. The runtime's clock must
/// be paused.
///
/// # Errors
/// If the sandbox does not offer what the spec requires.
pub async fn rehearse(spec: &Spec, suffix: &Suffix, day: Conditions) -> Result<Rehearsal, Error> {
    let calm = Harness::new(Clock::Instant, spec, suffix).await?;
    calm.day(Conditions { fresh: day.fresh, ..Conditions::default() });
    let once = made_once(&calm).await;
    let harness = Harness::new(Clock::Real, spec, suffix).await?;
    Ok(live(&harness, day, &once).await)
}

/// Counts the resources each operation creates in an undisturbed `up`, in a harness in which nothing takes time.
pub(crate) async fn made_once(calm: &Harness) -> BTreeMap<String, usize> {
    calm.up().await;
    calm.made()
}

/// Runs the life cycle of a new harness under those conditions.
pub(crate) async fn live(harness: &Harness, day: Conditions, once: &BTreeMap<String, usize>) -> Rehearsal {
    let (seed, graph) = (day.seed, harness.graph());
    harness.day(day);
    let up = phase(harness, &graph).await;
    let mut violations = harness.unready();
    violations.extend(twice(&harness.made(), once));

    let again = phase(harness, &graph).await;
    if again.changes > 0 {
        violations.push(format!("`up` again made {} calls that change something", again.changes));
    }
    let down = phase(harness, &Graph::default()).await;
    violations.extend(harness.leftovers());
    // The time and the calls of `down` are those without its sweep, which waits for a quiet minute.
    if down.runs.is_some() {
        violations.extend(harness.swept().await);
    }
    let stuck = [("up", &up), ("up again", &again), ("down", &down)].into_iter().filter(|(_, p)| p.runs.is_none());
    violations.extend(stuck.map(|(command, _)| format!("`{command}` was not complete after {RUNS} runs")));
    Rehearsal {
        pipeline: harness.spec().pipeline.name().into(),
        region: harness.spec().region.clone(),
        seed,
        nodes: graph.nodes.len(),
        up,
        again,
        down,
        made: harness.made().values().sum(),
        stays: harness.sandbox().service_linked_roles(),
        violations,
    }
}

fn twice(made: &BTreeMap<String, usize>, once: &BTreeMap<String, usize>) -> Vec<String> {
    let differs = made.iter().filter(|(operation, n)| once.get(*operation) != Some(n));
    differs.map(|(operation, n)| format!("{operation} made {n} things, not {:?}", once.get(operation))).collect()
}

async fn phase(harness: &Harness, want: &Graph<Aws>) -> Phase {
    harness.take_events();
    drop(harness.sandbox().take_calls());
    let began = harness.now();
    let runs = harness.until_complete(want, RUNS).await;
    let (seconds, calls, events) =
        (began.elapsed().as_secs_f64(), harness.sandbox().take_calls(), harness.take_events());
    let count = |is: &dyn Fn(&Call) -> bool| calls.iter().filter(|call| is(call)).count();
    let spans = spans(&events);
    let chain = critical(&spans);
    Phase {
        runs,
        seconds,
        reads: count(&|call| is_read(&call.operation)),
        changes: count(&|call| !is_read(&call.operation)),
        throttled: count(&|call| matches!(call.fate, Fate::Faulted(vidpipe_sandbox::Fault::Throttled))),
        faulted: count(&|call| matches!(call.fate, Fate::Faulted(_))),
        retries: events.iter().filter(|(_, event)| matches!(event, Event::Retrying { .. })).count(),
        widest: widest(&events),
        slowest: slowest(&spans),
        aws_seconds: of_aws(&chain, &spans),
        critical: chain.into_iter().map(Span::summary).collect(),
        refused: refused(&events),
    }
}

fn widest(events: &[(Timestamp, Event)]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for (_, event) in events {
        match event {
            Event::Began { .. } => now = 0,
            Event::Started { .. } => now += 1,
            Event::Finished { .. } | Event::Failed { .. } => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn refused(events: &[(Timestamp, Event)]) -> Vec<Refusal> {
    let mut refusals = BTreeMap::<(String, String), Refusal>::new();
    for (_, event) in events {
        let (node, error) = match event {
            Event::Retrying { node, error, .. } | Event::Failed { node, error, .. } => (node.to_string(), error),
            _ => continue,
        };
        let code = error.code.clone().unwrap_or_else(|| error.message.clone());
        let key = (node.clone(), code.clone());
        refusals.entry(key).or_insert(Refusal { node, code, times: 0, overcome: false }).times += 1;
    }
    for (_, event) in events {
        if let Event::Finished { node, .. } = event {
            let node = node.to_string();
            refusals.values_mut().filter(|refusal| refusal.node == node).for_each(|refusal| refusal.overcome = true);
        }
    }
    refusals.into_values().collect()
}

impl Ended {
    /// The summary, unless the power was cut.
    pub fn summary(&self) -> Option<vidpipe_engine::Summary> {
        match self {
            Self::Ran(summary) => Some(*summary),
            Self::Cut => None,
        }
    }
}
