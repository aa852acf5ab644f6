//! `vidpipe verify`: checks that an environment is usable, not just available. Reads every recorded resource, and
//! changes nothing.
use crate::{
    args::{Global, Output, RecordedArgs},
    environment,
    fail::{Exit, Failure, Result},
    print::{print, print_json},
    result_file, screen,
    session::{Access, Session},
};
use clap::Args;
use std::{
    io,
    net::{IpAddr, ToSocketAddrs},
    path::PathBuf,
};
use vidpipe_aws::verify::{Target, verify};
use vidpipe_engine::{
    Clock, Stop,
    verify::{Check, Verified},
};
use vidpipe_report::verify::{Asked, human, json, report};
use vidpipe_run::tags;
use vidpipe_text::clean;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    /// Also write the evidence to this file, in Markdown: every check, the observed value, and the API call it comes
    /// from.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_REPORT")]
    pub(crate) report: Option<PathBuf>,
}

/// The number of failures named in the error message; the table lists them all.
const NAMED: usize = 8;

pub(crate) async fn run(global: &Global, args: &VerifyArgs) -> Result {
    let clock = Clock::start();
    result_file::may_put(args.report.as_ref(), "the report")?;
    let (place, state) = environment::find(global, &args.env).await?;
    let session = Session::open(global, place.region(), tags(&state), Access::Read).await?;
    session.connected.guard(&state)?;
    let target = target(&session);
    let verified = verify(session.aws(), &state, &target, &Stop::default()).await?;
    let target = target.label();
    let asked = Asked { at: clock.now(), target: &target, version: env!("CARGO_PKG_VERSION") };
    if let Some(file) = &args.report {
        result_file::put(file, &report(&state.env, &verified, &asked), "the report")?;
    }
    match global.output {
        Output::Json | Output::Jsonl => print_json(global.output, &json(&state.env, &verified, &asked))?,
        _ => print(&human(&verified, &screen::on_stdout()))?,
    }
    ended(global, args, &verified)
}

/// The target of this session's calls.
fn target(session: &Session) -> Target {
    match (&session.sandbox, session.aws().endpoints.emulator()) {
        (Some(_), _) => Target::Sandbox,
        (None, Some(endpoint)) => Target::Endpoint(endpoint),
        (None, None) => Target::Aws(Box::new(|host| Box::pin(resolved(host)))),
    }
}

/// Resolves a host. The system's resolver blocks, so it runs on its own thread.
async fn resolved(host: String) -> io::Result<Vec<IpAddr>> {
    let asked = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs().map(Vec::from_iter));
    let found = asked.await.map_err(io::Error::other)??;
    Ok(found.into_iter().map(|address| address.ip()).collect())
}

fn ended(global: &Global, args: &VerifyArgs, verified: &Verified) -> Result {
    let troubled: Vec<&Check> = verified.troubled().collect();
    if troubled.is_empty() {
        return Ok(());
    }
    let named: Vec<String> =
        troubled.iter().take(NAMED).map(|c| clean(&format!("{} {}: {}", c.service, c.node, c.what))).collect();
    let more = match troubled.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    let message = format!("`{}` differs from its spec:\n  {}{more}", args.env.suffix, named.join("\n  "));
    let plan = global.again("plan --refresh", args.env.suffix.as_str());
    Err(Failure::new(Exit::Failed, message).hint(format!(
        "what AWS still changes may need some minutes: verify again; `{plan}` shows what `up --refresh` would put right; put \
         right the rest where it was changed; what is unknown, allow to these credentials"
    )))
}
