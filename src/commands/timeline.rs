//! `vidpipe timeline`: draws a recorded run. Needs only the state folder: calls no AWS API and takes no lock.
use crate::{
    args::{Global, Output},
    environment,
    fail::{Exit, Failure, Result},
    print::{note, print, print_json},
    result_file, screen,
};
use clap::Args;
use std::path::{Path, PathBuf};
use vidpipe_engine::Clock;
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};
use vidpipe_report::timeline::{Difference, End, Listed, Timeline, html, json, list_human, list_json, svg, terminal};
use vidpipe_store::{Run, StoreError, each};
use vidpipe_text::path as display_path;

#[derive(Debug, Args)]
pub(crate) struct TimelineArgs {
    /// The run: 1 is the newest (default), 2 the one before it; or the beginning of its timestamp, such as
    /// 20261128T1842.
    #[arg(value_name = "RUN", conflicts_with = "list")]
    pub(crate) run: Option<String>,
    /// The environment's name. The history of a deleted environment is kept.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The region, if there were environments of that name in several.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// List the recorded runs instead of drawing one.
    #[arg(long, conflicts_with_all = ["against", "no_diff", "all", "svg", "html"])]
    pub(crate) list: bool,
    /// The run to compare with, named like RUN; defaults to the latest earlier run of the same command that completed.
    #[arg(long, value_name = "RUN", conflicts_with = "no_diff")]
    pub(crate) against: Option<String>,
    /// Do not compare the run with another one.
    #[arg(long)]
    pub(crate) no_diff: bool,
    /// Show every task, however short, and every list in full.
    #[arg(long)]
    pub(crate) all: bool,
    /// Draw an SVG instead, to this file; without a file, to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) svg: Option<PathBuf>,
    /// Write a self-contained HTML page instead, to this file; without a file, to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) html: Option<PathBuf>,
}

/// The number of runs named when the user has to choose one.
const NAMED: usize = 5;

pub(crate) async fn run(global: &Global, args: &TimelineArgs) -> Result {
    let place = environment::remembered(global, &args.suffix, args.pipeline, args.region.as_deref()).await?;
    let runs = place.runs().await?;
    if args.list {
        return list(global, &runs).await;
    }
    let programs = matches!(global.output, Output::Json | Output::Jsonl);
    let drawn = [(args.svg.as_deref(), "the SVG"), (args.html.as_deref(), "the page")];
    one_stdout(programs, &drawn)?;
    let chosen = meant(global, args, &runs, args.run.as_deref().unwrap_or("1"))?;
    let timeline = timeline_of(chosen).await?;
    let against = match (&args.against, args.no_diff) {
        (_, true) => None,
        (Some(word), _) => Some(timeline_of(meant(global, args, &runs, word)?).await?),
        (None, _) => before(&runs, chosen, &timeline).await,
    };
    let against = against.map(|earlier| Difference::of(&timeline, &earlier));
    if let Some(file) = &args.svg {
        written(file, &svg(&timeline), "the SVG")?;
    }
    if let Some(file) = &args.html {
        written(file, &html(&timeline, against.as_ref()), "the page")?;
    }
    match (programs, drawn.iter().any(|(file, _)| file.is_some())) {
        (true, _) => print_json(global.output, &json(&timeline, against.as_ref())),
        (false, true) => Ok(()),
        (false, false) => print(&terminal(&timeline, against.as_ref(), args.all, &screen::on_stdout())),
    }
}

async fn list(global: &Global, runs: &[Run]) -> Result {
    let listed = async |run: &Run| {
        let timeline = recorded(run).await.map_err(why);
        let timeline = timeline.and_then(|timeline| timeline.ok_or_else(|| "nothing is recorded of it".into()));
        Listed { stamp: run.stamp().into(), at: run.at, command: run.command.clone(), timeline }
    };
    let listed = each(runs, listed).await;
    match global.output {
        Output::Json | Output::Jsonl => print_json(global.output, &list_json(&listed)),
        _ => print(&list_human(&listed, Clock::start().now(), &screen::on_stdout())),
    }
}

/// The run that `word` refers to. If it is ambiguous or unknown, the error lists the runs.
fn meant<'a>(global: &Global, args: &TimelineArgs, runs: &'a [Run], word: &str) -> Result<&'a Run> {
    let suffix = args.suffix.as_str();
    let list = format!("`{} --list` shows them", global.again("timeline", suffix));
    let named = |runs: &[&Run]| {
        let more = if runs.len() > NAMED { ", ..." } else { "" };
        let stamps: Vec<&str> = runs.iter().take(NAMED).map(|r| r.stamp()).collect();
        stamps.join(", ") + more
    };
    match Run::meant(runs, word).as_slice() {
        [one] => Ok(one),
        [] if runs.is_empty() => Err(Failure::new(Exit::NotFound, format!("no run of `{suffix}` is recorded"))
            .hint("every `vidpipe up` and `down` is, from when its plan was agreed to")),
        [] => Err(Failure::new(Exit::NotFound, format!("`{suffix}` has no run `{word}`")).hint(format!(
            "there are {}, the newest first: {}; {list}",
            runs.len(),
            named(&runs.iter().collect::<Vec<_>>())
        ))),
        several => {
            Err(Failure::new(Exit::Usage, format!("several runs of `{suffix}` began at `{word}`: {}", named(several)))
                .hint(format!("give more of it, or its number; {list}")))
        }
    }
}

/// The timeline of a run; `None` if nothing happened.
async fn recorded(run: &Run) -> Result<Option<Timeline>, StoreError> {
    let events: Vec<_> = run.load().await?.into_iter().map(|recorded| (recorded.at, recorded.event)).collect();
    Ok(Timeline::of(&events))
}

async fn timeline_of(run: &Run) -> Result<Timeline> {
    recorded(run).await?.ok_or_else(|| {
        let message = format!("nothing is recorded of the run {}: it was killed before it began", run.stamp());
        Failure::new(Exit::Failed, message).hint("choose another run with --list")
    })
}

/// The reason a run cannot be read, where the context names the run.
fn why(e: StoreError) -> String {
    let why = std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string);
    format!("unreadable: {why}")
}

/// The latest earlier run of the same command that completed and has tasks in common. The history is informational: its
/// unreadable parts are skipped.
async fn before(runs: &[Run], chosen: &Run, timeline: &Timeline) -> Option<Timeline> {
    let comparable = |t: &Timeline| t.end == End::Complete && Difference::of(timeline, t).common > 0;
    for run in runs.iter().filter(|r| r.at < chosen.at && r.command == chosen.command) {
        if let Some(earlier) = timeline_of(run).await.ok().filter(comparable) {
            return Some(earlier);
        }
    }
    None
}

/// Refuses to write two documents to stdout.
fn one_stdout(programs: bool, drawn: &[(Option<&Path>, &str)]) -> Result {
    let on_stdout = drawn.iter().filter(|(file, _)| *file == Some(Path::new("-"))).count();
    if on_stdout + usize::from(programs) < 2 {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, "stdout takes one of the SVG, the page and the JSON")
        .hint("name files, such as `--svg run.svg --html run.html`"))
}

/// Writes to stdout or to a file.
fn written(file: &Path, text: &str, what: &str) -> Result {
    if file == Path::new("-") {
        return print(text);
    }
    result_file::put(file, text, what)?;
    note(&format!("wrote {what} to {}", display_path(file)))
}
