//! `vidpipe status`: shows what is recorded. Calls no AWS API.
use crate::{
    args::{Global, Output},
    environment,
    fail::Result,
    print::{print, print_json},
    screen, session,
};
use clap::Args;
use std::collections::BTreeMap;
use vidpipe_engine::{Clock, event::Event};
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};
use vidpipe_report::status::{LastRun, Row, all_human, all_json, one_human, one_json};
use vidpipe_store::{BackendEnv, each};

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// The environment's name; if omitted, all are listed.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Option<Suffix>,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The region, if there are environments of that name in several.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

pub(crate) async fn run(global: &Global, args: &StatusArgs) -> Result {
    let now = Clock::start().now();
    let json = matches!(global.output, Output::Json | Output::Jsonl);
    let style = screen::on_stdout();
    let text = match &args.suffix {
        Some(suffix) => {
            let (place, state) = environment::select(global, suffix, args.pipeline, args.region.as_deref()).await?;
            let last = last_run(&place).await;
            if json {
                return print_json(global.output, &one_json(&state, last.as_ref(), now));
            }
            one_human(&state, last.as_ref(), now, &style)
        }
        None => {
            let selected = |p: &BackendEnv| {
                args.pipeline.is_none_or(|w| w.name() == p.pipeline())
                    && args.region.as_ref().is_none_or(|region| region == p.region())
            };
            let mut places = session::backend(global).await?.list().await?;
            places.retain(selected);
            let rows: Vec<Row> = each(&places, row).await.into_iter().flatten().collect();
            if json {
                return print_json(global.output, &all_json(&rows, now));
            }
            all_human(&rows, now, &style)
        }
    };
    print(&text)
}

/// The row of an environment. An unreadable state is shown as a problem, not as absent.
async fn row(place: &BackendEnv) -> Option<Row> {
    let (read, last) = tokio::join!(place.read(), last_run(place));
    match read {
        Ok(state) => Some(Row::of(&state?, last)),
        Err(e) => Some(Row {
            pipeline: place.pipeline().into(),
            suffix: place.suffix().into(),
            region: place.region().into(),
            account: place.account().into(),
            problem: Some(e.to_string()),
            created: None,
            phases: BTreeMap::new(),
            troubled: 0,
            last,
        }),
    }
}

/// The last run. The history is informational: its unreadable parts are skipped.
async fn last_run(place: &BackendEnv) -> Option<LastRun> {
    let run = place.runs().await.ok()?.into_iter().next()?;
    let of_the_run = |e: &Event| !matches!(e, Event::Sweeping { .. } | Event::Swept(_));
    let last = run.load().await.ok().and_then(|events| events.into_iter().map(|e| e.event).rfind(of_the_run));
    Some(LastRun { command: run.command, at: run.at, last })
}
