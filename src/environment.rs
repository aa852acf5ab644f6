//! An environment, opened by what describes it: its spec, its place in the state folder, what is recorded of it, and
//! what is wanted.
use crate::{
    cli::{Described, Global},
    fail::{Exit, Failure, Result},
    session::{self, Access, Session},
    spec,
};
use serde_json::Value;
use std::collections::BTreeMap;
use vidpipe_aws::{Aws, Facts};
use vidpipe_engine::{Clock, Environment, Graph, State};
use vidpipe_pipelines::spec::{Pipeline, Spec};
use vidpipe_store::{ErrorKind, Place, StoreError, guard};
use vidpipe_text::{clean, path as shown};

/// The state's facts under this name are the region's.
const REGION_FACTS: &str = "region";
/// The state's fact that `down` is to be refused.
const PROTECTED: &str = "protected";

/// The state's fact which tags of the user's everything carries.
const TAGS: &str = "tags";

/// An environment as described, before anything is changed.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) spec: Spec,
    pub(crate) place: Place,
    pub(crate) described: Described,
}

/// What is recorded of it.
pub(crate) struct Recorded {
    /// Its state, with what is wanted now as its facts.
    pub(crate) state: State,
    pub(crate) facts: Facts,
    /// Whether it was protected before that.
    pub(crate) was_protected: bool,
}

impl Opened {
    /// Read the spec, connect, and find the environment's place. Nothing is changed, and nothing written.
    pub(crate) async fn new(global: &Global, described: &Described, access: Access) -> Result<Self> {
        let spec = spec::load(described.config.as_ref(), described.pipeline)?;
        let session = Session::open(global, &spec.region, spec.tags.clone(), access).await?;
        let (account, pipeline) = (&session.caller.account, spec.pipeline.name());
        let place = session::folder(global).environment(pipeline, account, &spec.region, described.suffix.as_str())?;
        elsewhere(global, &place)?;
        Ok(Self { session, spec, place, described: described.clone() })
    }

    /// What is recorded; a new state if there is nothing. The region's facts are asked for once, and then kept.
    pub(crate) async fn state(&self, clock: Clock) -> Result<Recorded> {
        let mut state = match self.place.read()? {
            Some(state) => state,
            None => {
                let lineage = uuid::Uuid::new_v4().simple().to_string();
                State::new(self.place.environment(&lineage), env!("CARGO_PKG_VERSION"), clock.now())
            }
        };
        guard(&state, &self.wanted(&state.env.lineage))?;
        let (facts, was_protected) = (self.facts(&state).await?, is_protected(&state));
        let recorded = serde_json::to_value(&facts).map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        state.facts.insert(REGION_FACTS.into(), recorded);
        let protected = self.spec.protect || self.described.suffix.is_protected();
        state.facts.insert(PROTECTED.into(), Value::Bool(protected));
        state.facts.insert(TAGS.into(), serde_json::json!(self.spec.tags));
        Ok(Recorded { state, facts, was_protected })
    }

    fn wanted(&self, lineage: &str) -> Environment {
        Environment {
            pipeline: self.spec.pipeline.name().into(),
            suffix: self.described.suffix.to_string(),
            account: self.session.caller.account.clone(),
            region: self.spec.region.clone(),
            lineage: lineage.into(),
        }
    }

    /// Zones, versions and secrets stay as they were when the environment was made, unless the spec asks for others.
    async fn facts(&self, state: &State) -> Result<Facts> {
        let (wanted, aws) = (vidpipe_pipelines::wanted(&self.spec), &self.session.aws);
        let known = state.facts.get(REGION_FACTS).and_then(|v| serde_json::from_value::<Facts>(v.clone()).ok());
        let facts = match known {
            Some(facts) => facts.kept(aws, &wanted).await,
            None => Facts::ask(aws, &self.session.caller, &wanted).await,
        };
        facts.map_err(|e| Failure::before(&e))
    }

    /// What is wanted.
    pub(crate) fn graph(&self, facts: &Facts) -> Graph<Aws> {
        vidpipe_pipelines::graph(&self.spec, &self.described.suffix, facts)
    }
}

/// Refuses to make a second environment of that name because the credentials came back for another account.
fn elsewhere(global: &Global, place: &Place) -> Result {
    // A folder that cannot be read is told of where the environment itself is read.
    let Ok(found) = session::folder(global).find(place.suffix(), Some(place.pipeline())) else { return Ok(()) };
    let here = |p: &&Place| p.region() == place.region();
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

/// Whether `down` is to be refused.
pub(crate) fn is_protected(state: &State) -> bool {
    state.facts.get(PROTECTED).and_then(Value::as_bool).unwrap_or(false)
}

/// The tags of the user's that everything carries.
pub(crate) fn tags(state: &State) -> BTreeMap<String, String> {
    state.facts.get(TAGS).and_then(|tags| serde_json::from_value(tags.clone()).ok()).unwrap_or_default()
}

/// The one environment of that name that is recorded.
pub(crate) fn find(global: &Global, suffix: &str, pipeline: Option<Pipeline>) -> Result<(Place, State)> {
    let found = session::folder(global).find(suffix, pipeline.map(Pipeline::name))?;
    let place = the_one(global, suffix, &found)?;
    let state =
        place.read()?.ok_or_else(|| Failure::new(Exit::NotFound, format!("there is no environment `{suffix}`")))?;
    Ok((place, state))
}

/// The one environment of that name that has a history, even if it is gone.
pub(crate) fn remembered(global: &Global, suffix: &str, pipeline: Option<Pipeline>) -> Result<Place> {
    let found = session::folder(global).remembered(suffix, pipeline.map(Pipeline::name))?;
    the_one(global, suffix, &found)
}

fn the_one(global: &Global, suffix: &str, found: &[Place]) -> Result<Place> {
    match found {
        [] => {
            let sandbox = if global.sandbox { " in the sandbox" } else { "" };
            Err(Failure::new(
                Exit::NotFound,
                format!("there is no environment `{suffix}`{sandbox} in {}", shown(&global.state)),
            )
            .hint("`vidpipe status` lists what there is; --state names another folder, --sandbox looks in the sandbox"))
        }
        [one] => Ok(one.clone()),
        several => {
            let names: Vec<_> =
                several.iter().map(|p| format!("{} in {} {}", p.pipeline(), p.account(), p.region())).collect();
            Err(Failure::new(Exit::Usage, format!("several environments are called `{suffix}`: {}", names.join("; ")))
                .hint("say which with --pipeline, or give each account its own folder with --state"))
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
