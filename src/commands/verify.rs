//! `vidpipe verify`: is it usable, not just available? Asks AWS about everything recorded, and changes nothing.
use crate::{
    cli::{self, Global, Output},
    environment,
    fail::{Exit, Failure, Result},
    finish, screen,
    session::{Access, Session},
};
use std::{
    io,
    net::{IpAddr, ToSocketAddrs},
};
use vidpipe_aws::verify::{Whence, verify};
use vidpipe_engine::{
    Clock, Stop,
    verify::{Check, Verified},
};
use vidpipe_report::verify::{Asked, human, json, report};
use vidpipe_store::guard;
use vidpipe_text::clean;

/// So many failures are named in the last line; the table has them all.
const NAMED: usize = 8;

pub(super) async fn run(global: &Global, args: &cli::Verify) -> Result {
    let clock = Clock::start();
    finish::may_put(args.report.as_ref(), "the report")?;
    let (place, state) = environment::find(global, args.suffix.as_str(), args.pipeline)?;
    let session = Session::open(global, place.region(), environment::tags(&state), Access::Read).await?;
    let mut wanted = state.env.clone();
    wanted.account.clone_from(&session.caller.account);
    guard(&state, &wanted)?;
    let whence = whence(&session);
    let verified = verify(&session.aws, &state, &whence, &Stop::default()).await?;
    let whence = whence.label();
    let asked = Asked { at: clock.now(), whence: &whence, version: env!("CARGO_PKG_VERSION") };
    if let Some(file) = &args.report {
        finish::put(file, &report(&state.env, &verified, &asked), "the report")?;
    }
    match global.output {
        Output::Json | Output::Jsonl => super::print_json(&json(&state.env, &verified, &asked))?,
        _ => super::print(&human(&verified, &screen::on_stdout()))?,
    }
    ended(global, args, &verified)
}

/// Where this session's calls go.
fn whence(session: &Session) -> Whence {
    match (&session.sandbox, session.aws.endpoints.elsewhere()) {
        (Some(_), _) => Whence::Sandbox,
        (None, Some(endpoint)) => Whence::Endpoint(endpoint),
        (None, None) => Whence::Aws(Box::new(|host| Box::pin(resolved(host)))),
    }
}

/// The addresses of a host. The system's resolver blocks, so it is asked beside.
async fn resolved(host: String) -> io::Result<Vec<IpAddr>> {
    let asked = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs().map(Vec::from_iter));
    let found = asked.await.map_err(io::Error::other)??;
    Ok(found.into_iter().map(|address| address.ip()).collect())
}

fn ended(global: &Global, args: &cli::Verify, verified: &Verified) -> Result {
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
    let message = format!("`{}` is not as it should be:\n  {}{more}", args.suffix, named.join("\n  "));
    let plan = finish::again(global, "plan --refresh", args.suffix.as_str());
    Err(Failure::new(Exit::Failed, message).hint(format!(
        "what AWS still changes may need some minutes: verify again; `{plan}` shows what `up --refresh` would put right; put \
         right the rest where it was changed; what is unknown, allow to these credentials"
    )))
}
