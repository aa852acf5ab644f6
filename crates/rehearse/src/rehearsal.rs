//! One life, told: up, up again, down, on a day of a seed.

use crate::{
    Ended, World,
    span::{Span, critical, of_aws, slowest, spans},
};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use vidpipe_aws::Aws;
use vidpipe_engine::{Error, Graph, event::Event};
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_sandbox::{Call, Clock, Conditions, Fate, is_look};

/// So many runs of a command are tried before it is given up.
const RUNS: usize = 20;

/// How a life went.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsal {
    /// The pipeline.
    pub pipeline: String,
    /// Its region.
    pub region: String,
    /// The seed of the day.
    pub seed: u64,
    /// How many nodes it has.
    pub nodes: usize,
    /// `up` from nothing.
    pub up: Phase,
    /// `up` again, when everything is there.
    pub again: Phase,
    /// `down`.
    pub down: Phase,
    /// How many things were made in all, by the sandbox's ledger.
    pub made: usize,
    /// The services whose roles were made in the account and stay in it: none where the account had them.
    pub stays: Vec<String>,
    /// What should not have happened: what was made twice, what is left, what was changed though nothing had to be.
    pub violations: Vec<String>,
}

impl Rehearsal {
    /// Whether nothing was made twice, nothing is left, and nothing was changed without need.
    pub fn is_balanced(&self) -> bool {
        self.violations.is_empty()
    }
}

/// How one command went, in as many runs as it took.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// How many runs it took; `None` if it did not come to its end.
    pub runs: Option<usize>,
    /// How long it took in AWS's time, in seconds.
    pub seconds: f64,
    /// Calls that look.
    pub looks: usize,
    /// Calls that may change something.
    pub changes: usize,
    /// Calls that AWS throttled.
    pub throttled: usize,
    /// Calls a fault struck.
    pub faulted: usize,
    /// Calls that were made again after a failure.
    pub retries: usize,
    /// The most tasks at once.
    pub widest: usize,
    /// The tasks that took longest, with their seconds, slowest first.
    pub slowest: Vec<(String, f64)>,
    /// The chain of tasks each of which began when the one before it ended, up to the one that ended last.
    pub critical: Vec<(String, f64)>,
    /// How much of that chain is AWS's own time, in seconds: what such a task usually takes, and what AWS refused at first,
    /// but never more than was waited. It means something on days on which everything takes its usual time.
    pub aws_seconds: f64,
    /// What was refused, how often, and what became of it.
    pub refused: Vec<Refusal>,
}

impl Phase {
    /// How long it took over AWS's own part of that: 1 is as fast as AWS allows.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        if self.aws_seconds > 0.0 { self.seconds / self.aws_seconds } else { 1.0 }
    }
}

/// What AWS refused one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The node.
    pub node: String,
    /// AWS's code, or what was said where there is none.
    pub code: String,
    /// How often.
    pub times: usize,
    /// Whether it came to its end all the same.
    pub overcome: bool,
}

/// Lets an environment of that spec go up, up again, and down, on such a day. The runtime's clock must be paused.
///
/// # Errors
/// When the sandbox does not offer what the spec asks for.
pub async fn rehearse(spec: &Spec, suffix: &Suffix, day: Conditions) -> Result<Rehearsal, Error> {
    let calm = World::new(Clock::Instant, spec, suffix).await?;
    calm.day(Conditions { fresh: day.fresh, ..Conditions::default() });
    let once = made_once(&calm).await;
    let world = World::new(Clock::Real, spec, suffix).await?;
    Ok(live(&world, day, &once).await)
}

/// What each operation makes in an undisturbed `up`, in a world in which nothing takes time.
pub(crate) async fn made_once(calm: &World) -> BTreeMap<String, usize> {
    calm.up().await;
    calm.made()
}

/// The life of a fresh world on such a day.
pub(crate) async fn live(world: &World, day: Conditions, once: &BTreeMap<String, usize>) -> Rehearsal {
    let (seed, graph) = (day.seed, world.graph());
    world.day(day);
    let up = phase(world, &graph).await;
    let mut violations = world.unready();
    violations.extend(twice(&world.made(), once));

    let again = phase(world, &graph).await;
    if again.changes > 0 {
        violations.push(format!("`up` again made {} calls that change something", again.changes));
    }
    let down = phase(world, &Graph::default()).await;
    violations.extend(world.leftovers());
    let stuck = [("up", &up), ("up again", &again), ("down", &down)].into_iter().filter(|(_, p)| p.runs.is_none());
    violations.extend(stuck.map(|(command, _)| format!("`{command}` was not complete after {RUNS} runs")));
    Rehearsal {
        pipeline: world.spec().pipeline.name().into(),
        region: world.spec().region.clone(),
        seed,
        nodes: graph.nodes.len(),
        up,
        again,
        down,
        made: world.made().values().sum(),
        stays: world.sandbox().service_linked_roles(),
        violations,
    }
}

fn twice(made: &BTreeMap<String, usize>, once: &BTreeMap<String, usize>) -> Vec<String> {
    let differs = made.iter().filter(|(operation, n)| once.get(*operation) != Some(n));
    differs.map(|(operation, n)| format!("{operation} made {n} things, not {:?}", once.get(operation))).collect()
}

async fn phase(world: &World, want: &Graph<Aws>) -> Phase {
    world.take_events();
    drop(world.sandbox().take_calls());
    let began = world.now();
    let runs = world.until_complete(want, RUNS).await;
    let (seconds, calls, events) = (began.elapsed().as_secs_f64(), world.sandbox().take_calls(), world.take_events());
    let count = |is: &dyn Fn(&Call) -> bool| calls.iter().filter(|call| is(call)).count();
    let spans = spans(&events);
    let chain = critical(&spans);
    Phase {
        runs,
        seconds,
        looks: count(&|call| is_look(&call.operation)),
        changes: count(&|call| !is_look(&call.operation)),
        throttled: count(&|call| matches!(call.fate, Fate::Faulted(vidpipe_sandbox::Fault::Throttled))),
        faulted: count(&|call| matches!(call.fate, Fate::Faulted(_))),
        retries: events.iter().filter(|(_, event)| matches!(event, Event::Retrying { .. })).count(),
        widest: widest(&events),
        slowest: slowest(&spans),
        aws_seconds: of_aws(&chain, &spans),
        critical: chain.into_iter().map(Span::told).collect(),
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
    let mut told = BTreeMap::<(String, String), Refusal>::new();
    for (_, event) in events {
        let (node, error) = match event {
            Event::Retrying { node, error, .. } | Event::Failed { node, error, .. } => (node.to_string(), error),
            _ => continue,
        };
        let code = error.code.clone().unwrap_or_else(|| error.message.clone());
        let key = (node.clone(), code.clone());
        told.entry(key).or_insert(Refusal { node, code, times: 0, overcome: false }).times += 1;
    }
    for (_, event) in events {
        if let Event::Finished { node, .. } = event {
            let node = node.to_string();
            told.values_mut().filter(|refusal| refusal.node == node).for_each(|refusal| refusal.overcome = true);
        }
    }
    told.into_values().collect()
}

impl Ended {
    /// The summary, if the run came to its end.
    pub fn summary(&self) -> Option<vidpipe_engine::Summary> {
        match self {
            Self::Ran(summary) => Some(*summary),
            Self::Cut => None,
        }
    }
}
