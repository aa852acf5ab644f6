//! An open environment: its spec, its environment directory, its recorded state and its desired graph.
use crate::{
    cli::{EnvArgs, Global, RecordedArgs},
    fail::{Exit, Failure, Result},
    session::{self, Access, Session},
    spec,
};
use serde_json::Value;
use std::collections::BTreeMap;
use vidpipe_aws::{Aws, Facts};
use vidpipe_engine::{Clock, Environment, Graph, State};
use vidpipe_pipelines::{
    spec::{Pipeline, Spec},
    suffix::Suffix,
};
use vidpipe_store::{EnvDir, ErrorKind, StoreError, guard};
use vidpipe_text::{clean, path as shown};

/// The key of the region's facts in the state.
const REGION_FACTS: &str = "region";
/// The key of the fact that `down` is refused.
const PROTECTED: &str = "protected";

/// The key of the user's tags, which every resource carries.
const TAGS: &str = "tags";

/// An environment and its spec, opened before anything is changed.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) spec: Spec,
    pub(crate) place: EnvDir,
    pub(crate) env: EnvArgs,
}

/// The recorded state of an environment.
pub(crate) struct Recorded {
    /// The state, with its facts updated from the current spec.
    pub(crate) state: State,
    pub(crate) facts: Facts,
    /// Whether the environment was protected before that update.
    pub(crate) was_protected: bool,
}

impl Opened {
    /// Reads the spec, connects, and finds the environment directory. Changes nothing and writes nothing.
    pub(crate) async fn new(global: &Global, env: &EnvArgs, access: Access) -> Result<Self> {
        let spec = spec::load(env.config.as_ref(), env.pipeline)?;
        let session = Session::open(global, &spec.region, spec.tags.clone(), access).await?;
        let (account, pipeline) = (&session.caller.account, spec.pipeline.name());
        let place = session::folder(global).environment(pipeline, account, &spec.region, env.suffix.as_str())?;
        refuse_other_account(global, &place)?;
        Ok(Self { session, spec, place, env: env.clone() })
    }

    /// The recorded state, or a new one if nothing is recorded. The region's facts are requested once, and then kept.
    pub(crate) async fn state(&self, clock: Clock) -> Result<Recorded> {
        let mut state = match self.place.read()? {
            Some(state) => state,
            None => {
                let lineage = uuid::Uuid::new_v4().simple().to_string();
                State::new(self.place.environment(&lineage), env!("CARGO_PKG_VERSION"), clock.now())
            }
        };
        guard(&state, &self.identity(&state.env.lineage))?;
        let (facts, was_protected) = (self.facts(&state).await?, is_protected(&state));
        let recorded = serde_json::to_value(&facts).map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        state.facts.insert(REGION_FACTS.into(), recorded);
        let protected = self.spec.protect || self.env.suffix.is_protected();
        state.facts.insert(PROTECTED.into(), Value::Bool(protected));
        state.facts.insert(TAGS.into(), serde_json::json!(self.spec.tags));
        Ok(Recorded { state, facts, was_protected })
    }

    fn identity(&self, lineage: &str) -> Environment {
        Environment {
            pipeline: self.spec.pipeline.name().into(),
            suffix: self.env.suffix.to_string(),
            account: self.session.caller.account.clone(),
            region: self.spec.region.clone(),
            lineage: lineage.into(),
        }
    }

    /// Zones, versions and secrets stay as they were when the environment was created, unless the spec requests others.
    async fn facts(&self, state: &State) -> Result<Facts> {
        let (wanted, aws) = (vidpipe_pipelines::wanted(&self.spec), &self.session.aws);
        let known = state.facts.get(REGION_FACTS).and_then(|v| serde_json::from_value::<Facts>(v.clone()).ok());
        let facts = match known {
            Some(facts) => facts.kept(aws, &wanted).await,
            None => Facts::ask(aws, &self.session.caller, &wanted).await,
        };
        facts.map_err(|e| Failure::before(&e))
    }

    /// The desired graph.
    pub(crate) fn graph(&self, facts: &Facts) -> Graph<Aws> {
        vidpipe_pipelines::graph(&self.spec, &self.env.suffix, facts)
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

/// Whether `down` is refused.
pub(crate) fn is_protected(state: &State) -> bool {
    state.facts.get(PROTECTED).and_then(Value::as_bool).unwrap_or(false)
}

/// The user's tags that every resource carries.
pub(crate) fn tags(state: &State) -> BTreeMap<String, String> {
    state.facts.get(TAGS).and_then(|tags| serde_json::from_value(tags.clone()).ok()).unwrap_or_default()
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
                format!("there is no environment `{suffix}`{there}{sandbox} in {}", shown(&global.state)),
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

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        let exit = match e.kind() {
            ErrorKind::Locked => Exit::Locked,
            ErrorKind::Refused => Exit::Refused,
            ErrorKind::Io => Exit::Failed,
        };
        let cause = std::error::Error::source(&e).map(|c| format!(": {c}")).unwrap_or_default();
        Self { exit, message: clean(&format!("failed to {e}{cause}")), hint: Some(e.hint()).filter(|h| !h.is_empty()) }
    }
}
