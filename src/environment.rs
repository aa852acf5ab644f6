//! The environment a command works on: one that a spec describes, or a recorded one.
use crate::{
    args::{EnvArgs, Global, RecordedArgs},
    fail::{Exit, Failure, Result},
    session::{self, Access, Session},
    spec,
};
use vidpipe_aws::{Aws, Facts};
use vidpipe_engine::{Clock, Graph, State};
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};
use vidpipe_run::{Desired, Opened};
use vidpipe_store::EnvDir;
use vidpipe_text::{clean, path as display_path};

/// The environment of a spec: what `up` and `plan` work on.
pub(crate) struct Target {
    pub(crate) session: Session,
    pub(crate) place: EnvDir,
    desired: Desired,
}

impl Target {
    /// Reads the spec, connects, and finds the environment directory. Changes nothing and writes nothing.
    pub(crate) async fn new(global: &Global, env: &EnvArgs, access: Access) -> Result<Self> {
        let spec = spec::load(env.config.as_ref(), env.pipeline)?;
        let session = Session::open(global, &spec.region, spec.tags.clone(), access).await?;
        let (account, pipeline) = (&session.connected.caller.account, spec.pipeline.name());
        let place = session::folder(global).environment(pipeline, account, &spec.region, env.suffix.as_str())?;
        refuse_other_account(global, &place)?;
        Ok(Self { session, place, desired: Desired { spec, suffix: env.suffix.clone() } })
    }

    /// Opens the environment with its recorded state, or with a new one if nothing is recorded.
    pub(crate) async fn open(&self, recorded: Option<State>, clock: Clock) -> Result<Opened> {
        let Session { connected, .. } = &self.session;
        let state = recorded.unwrap_or_else(|| {
            let lineage = uuid::Uuid::new_v4().simple().to_string();
            self.desired.new_state(&connected.caller, &lineage, clock.now())
        });
        Ok(self.desired.open(connected, state).await?)
    }

    /// The desired graph.
    pub(crate) fn graph(&self, facts: &Facts) -> Graph<Aws> {
        self.desired.graph(facts)
    }
}

/// Refuses to create a second environment of that name because the credentials now belong to another account.
fn refuse_other_account(global: &Global, place: &EnvDir) -> Result {
    // An unreadable folder is reported where the environment itself is read.
    let Ok(found) = session::folder(global).find(place.suffix(), Some(place.pipeline())) else { return Ok(()) };
    let here = |p: &&EnvDir| p.region() == place.region();
    if found.iter().filter(here).any(|p| p.account() == place.account()) {
        return Ok(());
    }
    let Some(other) = found.iter().find(here) else { return Ok(()) };
    let (suffix, theirs, ours) = (place.suffix(), other.account(), place.account());
    Err(Failure::new(
        Exit::Refused,
        format!("`{suffix}` is recorded in account {theirs}, but these credentials are of account {ours}"),
    )
    .hint(format!(
        "sign in to {theirs} to go on with it; for an environment of that name in {ours}, give that account a state \
         folder of its own with --state"
    )))
}

/// The recorded environment that these arguments select.
pub(crate) fn find(global: &Global, args: &RecordedArgs) -> Result<(EnvDir, State)> {
    select(global, &args.suffix, args.pipeline, args.region.as_deref())
}

/// The recorded environment of that name. Fails if there is none, or more than one.
pub(crate) fn select(
    global: &Global,
    suffix: &Suffix,
    pipeline: Option<Pipeline>,
    region: Option<&str>,
) -> Result<(EnvDir, State)> {
    let found = session::folder(global).find(suffix.as_str(), pipeline.map(Pipeline::name))?;
    let place = the_one(global, suffix, found, region)?;
    let state =
        place.read()?.ok_or_else(|| Failure::new(Exit::NotFound, format!("there is no environment `{suffix}`")))?;
    Ok((place, state))
}

/// The environment of that name that has a history, even if it was deleted. Fails if there is none, or more than one.
pub(crate) fn remembered(
    global: &Global,
    suffix: &Suffix,
    pipeline: Option<Pipeline>,
    region: Option<&str>,
) -> Result<EnvDir> {
    let found = session::folder(global).remembered(suffix.as_str(), pipeline.map(Pipeline::name))?;
    the_one(global, suffix, found, region)
}

fn the_one(global: &Global, suffix: &Suffix, mut found: Vec<EnvDir>, region: Option<&str>) -> Result<EnvDir> {
    found.retain(|place| region.is_none_or(|region| region == place.region()));
    match found.as_slice() {
        [] => {
            let sandbox = if global.sandbox { " in the sandbox" } else { "" };
            let there = region.map(|region| format!(" of {}", clean(region))).unwrap_or_default();
            Err(Failure::new(
                Exit::NotFound,
                format!("there is no environment `{suffix}`{there}{sandbox} in {}", display_path(&global.state)),
            )
            .hint("`vidpipe status` lists what there is; --state names another folder, --sandbox selects the sandbox"))
        }
        [one] => Ok(one.clone()),
        several => {
            let names: Vec<_> =
                several.iter().map(|p| format!("{} in {} {}", p.pipeline(), p.account(), p.region())).collect();
            Err(Failure::new(Exit::Usage, format!("several environments are called `{suffix}`: {}", names.join("; ")))
                .hint("select one with --pipeline or --region; if they differ in the account, give each its own folder with --state"))
        }
    }
}
