//! `vidpipe rehearse`: the whole lifecycle of an environment in the sandbox, in seconds. Touches nothing real, and no
//! file.
use crate::{
    args::{Global, Output, pipelines, share},
    fail::{Exit, Failure, Result},
    print::{print, print_json},
    spec,
};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::{fmt::Write, path::PathBuf};
use vidpipe_pipelines::{
    spec::{Pipeline, Spec},
    suffix::Suffix,
};
use vidpipe_rehearse::{Phase, Refusal, Rehearsal, rehearse};
use vidpipe_report::text::{count, duration};
use vidpipe_sandbox::{self as sandbox, Conditions};

#[derive(Debug, Args)]
pub(crate) struct RehearseArgs {
    /// Rehearse every pipeline with its defaults, one after the other, and show one table.
    #[arg(long, conflicts_with_all = ["pipeline", "config"])]
    pub(crate) all: bool,
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE", help = pipelines())]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; defaults to `vidpipe.toml` if it exists, else to the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The random seed, which determines every duration and fault. The same seed gives the same rehearsal.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The share of all calls to inject a fault into, from 0 to 0.9.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub(crate) faults: f64,
    /// The kind of account: one in use, or a fresh one, which has no service-linked roles yet.
    #[arg(long, value_name = "ACCOUNT", default_value = "used")]
    pub(crate) account: Account,
    /// How long operations take, within their known range; defaults to `typical`, or to `drawn` with --faults.
    #[arg(long, value_name = "SPEED")]
    pub(crate) speed: Option<Speed>,
}

/// The service-linked roles an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Account {
    /// Every service-linked role exists.
    Used,
    /// No service-linked role exists: the account has never used any of the services.
    Fresh,
}

/// Where durations lie between the shortest and the longest known time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Speed {
    Slow,
    Typical,
    Fast,
    /// Anywhere in the range, chosen by the seed.
    Drawn,
}

/// The number of refusals shown; the rest are counted.
const TOLD: usize = 12;

pub(crate) async fn run(global: &Global, args: &RehearseArgs) -> Result {
    let specs = if args.all { defaults() } else { vec![spec::load(args.config.as_ref(), args.pipeline)?] };
    let suffix = Suffix::parse("rehearsal").map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    let mut rehearsals = Vec::new();
    for spec in &specs {
        rehearsals.push(rehearse(spec, &suffix, day(args)).await.map_err(|e| Failure::before(&e))?);
    }
    match (global.output, rehearsals.as_slice()) {
        (Output::Json | Output::Jsonl, [one]) if !args.all => print_json(global.output, &document(one)),
        (Output::Json | Output::Jsonl, all) => {
            let balanced = all.iter().all(Rehearsal::is_balanced);
            let each: Vec<_> = all.iter().map(document).collect();
            print_json(
                global.output,
                &json!({ "schema": vidpipe_report::SCHEMA, "balanced": balanced, "rehearsals": each }),
            )
        }
        (_, [one]) if !args.all => print(&human(one, args)),
        (_, all) => print(&table(all, args)),
    }?;
    let Some(wrong) = rehearsals.iter().find(|rehearsal| !rehearsal.is_balanced()) else { return Ok(()) };
    Err(Failure::new(Exit::Failed, format!("{} after this rehearsal: please report it", wrong.violations.join("; ")))
        .hint(format!("repeat it with `{}`", again(wrong, args))))
}

fn defaults() -> Vec<Spec> {
    Pipeline::ALL.into_iter().map(Spec::defaults).collect()
}

fn document(rehearsal: &Rehearsal) -> Value {
    let mut document = json!({ "schema": vidpipe_report::SCHEMA, "balanced": rehearsal.is_balanced() });
    if let (Some(document), Ok(Value::Object(fields))) = (document.as_object_mut(), serde_json::to_value(rehearsal)) {
        document.extend(fields);
    }
    document
}

/// The table of all rehearsals: one line each, and the verdicts.
fn table(all: &[Rehearsal], args: &RehearseArgs) -> String {
    let (seed, share, account) = (args.seed, args.faults * 100.0, account(args));
    let mut text = format!(
        "seed {seed}, {share:.0} % of all calls faulted, {account}in the sandbox: nothing here has met AWS\n\n"
    );
    text.push_str("pipeline         nodes       up     down   reads changes retries throttled faulted   made ledger\n");
    for rehearsal in all {
        let sum = |of: fn(&Phase) -> usize| -> usize {
            [&rehearsal.up, &rehearsal.again, &rehearsal.down].into_iter().map(of).sum()
        };
        let time = |phase: &Phase| duration(std::time::Duration::from_secs_f64(phase.seconds));
        let verdict = if rehearsal.is_balanced() { "balanced" } else { "NOT BALANCED" };
        let _ = writeln!(
            text,
            "{:<16} {:>5} {:>8} {:>8} {:>7} {:>7} {:>7} {:>9} {:>7} {:>6} {verdict}",
            rehearsal.pipeline,
            rehearsal.nodes,
            time(&rehearsal.up),
            time(&rehearsal.down),
            sum(|phase| phase.reads),
            sum(|phase| phase.changes),
            sum(|phase| phase.retries),
            sum(|phase| phase.throttled),
            sum(|phase| phase.faulted),
            rehearsal.made,
        );
    }
    for rehearsal in all {
        for (name, phase) in [("up", &rehearsal.up), ("down", &rehearsal.down)] {
            let _ = writeln!(text, "\nwhat {name} of {} waited for: {}", rehearsal.pipeline, path(phase, args));
        }
        text.push_str(&stays(rehearsal));
        for violation in &rehearsal.violations {
            let _ = writeln!(text, "{}: {violation}", rehearsal.pipeline);
        }
    }
    text
}

fn day(args: &RehearseArgs) -> Conditions {
    let speed = match args.speed {
        Some(Speed::Slow) => sandbox::Speed::Slow,
        Some(Speed::Typical) => sandbox::Speed::Typical,
        Some(Speed::Fast) => sandbox::Speed::Fast,
        Some(Speed::Drawn) => sandbox::Speed::Drawn,
        None if args.faults > 0.0 => sandbox::Speed::Drawn,
        None => sandbox::Speed::Typical,
    };
    let fresh = args.account == Account::Fresh;
    let strict = Conditions { speed, fresh, ..Conditions::strict(args.seed) };
    if args.faults > 0.0 { strict.with_faults(args.faults) } else { strict }
}

fn again(rehearsal: &Rehearsal, args: &RehearseArgs) -> String {
    let account = if args.account == Account::Fresh { " --account fresh" } else { "" };
    let config = args.config.as_ref().map(|file| format!(" --config {}", vidpipe_text::path(file))).unwrap_or_default();
    let speed = args.speed.and_then(|speed| speed.to_possible_value());
    let speed = speed.map(|speed| format!(" --speed {}", speed.get_name())).unwrap_or_default();
    let (pipeline, seed, faults) = (&rehearsal.pipeline, args.seed, args.faults);
    format!("vidpipe rehearse -p {pipeline} --seed {seed} --faults {faults}{account}{speed}{config}")
}

fn human(rehearsal: &Rehearsal, args: &RehearseArgs) -> String {
    let mut text = String::new();
    let (pipeline, region, seed, share) = (&rehearsal.pipeline, &rehearsal.region, rehearsal.seed, args.faults * 100.0);
    let _ = writeln!(
        text,
        "{pipeline} ({region}), {}, seed {seed}, {share:.0} % of all calls faulted, {}in the sandbox: nothing here has met AWS\n",
        count(rehearsal.nodes, "node"),
        account(args),
    );
    text.push_str("          runs     time   reads changes retries throttled faulted widest\n");
    for (name, phase) in [("up", &rehearsal.up), ("up again", &rehearsal.again), ("down", &rehearsal.down)] {
        text.push_str(&line(name, phase));
    }
    for (name, phase) in [("up", &rehearsal.up), ("down", &rehearsal.down)] {
        let _ = writeln!(text, "\nwhat {name} waited for: {}", path(phase, args));
    }
    let refused: Vec<_> =
        [&rehearsal.up, &rehearsal.again, &rehearsal.down].into_iter().flat_map(|phase| &phase.refused).collect();
    text.push_str(&refusals(&refused));
    text.push_str(&stays(rehearsal));
    let verdict = if rehearsal.is_balanced() {
        format!("balanced: {} made, each once, and nothing is left", count(rehearsal.made, "thing"))
    } else {
        format!("NOT BALANCED:\n  {}", rehearsal.violations.join("\n  "))
    };
    let _ = writeln!(text, "\nthe ledger is {verdict}");
    text
}

/// The kind of account, if it is not the default.
fn account(args: &RehearseArgs) -> &'static str {
    if args.account == Account::Fresh { "a fresh account, " } else { "" }
}

/// The service-linked roles that stay in the account.
fn stays(rehearsal: &Rehearsal) -> String {
    match rehearsal.stays.as_slice() {
        [] => String::new(),
        roles => format!("\nthe account keeps the service-linked roles of {}\n", roles.join(", ")),
    }
}

fn line(name: &str, phase: &Phase) -> String {
    let runs = phase.runs.map_or_else(|| "never".to_owned(), |runs| runs.to_string());
    let time = duration(std::time::Duration::from_secs_f64(phase.seconds));
    let Phase { reads, changes, retries, throttled, faulted, widest, .. } = phase;
    format!(
        "{name:<9} {runs:>5} {time:>8} {reads:>7} {changes:>7} {retries:>7} {throttled:>9} {faulted:>7} {widest:>6}\n"
    )
}

/// The critical path, without steps under a second. If AWS takes its typical time, also the ratio to AWS's own part of
/// it.
fn path(phase: &Phase, args: &RehearseArgs) -> String {
    let long = phase.critical.iter().filter(|(_, seconds)| *seconds >= 1.0);
    let steps: Vec<String> = long.map(|(task, seconds)| format!("{task} {seconds:.0} s")).collect();
    let chain = if steps.is_empty() { "nothing".into() } else { steps.join(" > ") };
    let usual = args.faults == 0.0 && day(args).speed == sandbox::Speed::Typical;
    let ratio = format!("; {:.3} times AWS's own {:.0} s", phase.ratio(), phase.aws_seconds);
    if usual { chain + &ratio } else { chain }
}

fn refusals(refused: &[&Refusal]) -> String {
    if refused.is_empty() {
        return "\nnothing was refused\n".into();
    }
    let mut most: Vec<_> = refused.to_vec();
    most.sort_by_key(|refusal| std::cmp::Reverse(refusal.times));
    let mut text = String::from("\nrefused or failed, and asked again:\n");
    for Refusal { node, code, times, overcome } in most.iter().take(TOLD) {
        let end = if *overcome { "overcome" } else { "NOT overcome" };
        let _ = writeln!(text, "  {times:>3} x {node}: {code} ({end})");
    }
    if let Some(more) = most.len().checked_sub(TOLD).filter(|more| *more > 0) {
        let _ = writeln!(text, "  and {more} more");
    }
    text
}
