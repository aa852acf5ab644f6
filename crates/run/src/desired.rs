//! A desired environment, and its recorded state.
use crate::Session;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use vidpipe_aws::{Aws, Caller, Facts};
use vidpipe_engine::{Class, Environment, Error, Graph, Result, State};
use vidpipe_pipelines::{graph, requirements, spec::Spec, suffix::Suffix};
use vidpipe_store::{StoreError, guard};

/// The key of the region's facts in the state.
const REGION_FACTS: &str = "region";
/// The key of the fact that `down` is refused.
const PROTECTED: &str = "protected";
/// The key of the user's tags, which every resource carries.
const TAGS: &str = "tags";

/// A desired environment: a spec, under a suffix.
#[derive(Clone, Debug)]
pub struct Desired {
    /// The spec.
    pub spec: Spec,
    /// The suffix.
    pub suffix: Suffix,
}

/// An environment whose state was read and checked.
#[derive(Debug)]
pub struct Opened {
    /// The state, with its facts updated from the current spec.
    pub state: State,
    /// The facts of the region.
    pub facts: Facts,
    /// Whether the environment was protected before that update.
    pub was_protected: bool,
}

/// The reason why an environment cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The state belongs to another environment.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fact cannot be read.
    #[error(transparent)]
    Aws(#[from] Error),
}

impl From<OpenError> for Error {
    fn from(e: OpenError) -> Self {
        match e {
            OpenError::Store(e) => e.into(),
            OpenError::Aws(e) => e,
        }
    }
}

impl Desired {
    /// The identity of this environment in the caller's account.
    pub fn environment(&self, caller: &Caller, lineage: &str) -> Environment {
        Environment {
            pipeline: self.spec.pipeline.name().into(),
            suffix: self.suffix.to_string(),
            account: caller.account.clone(),
            region: self.spec.region.clone(),
            lineage: lineage.into(),
        }
    }

    /// The state of this environment before it is created.
    pub fn new_state(&self, caller: &Caller, lineage: &str, now: Timestamp) -> State {
        State::new(self.environment(caller, lineage), env!("CARGO_PKG_VERSION"), now)
    }

    /// Checks that the state is of this environment, and updates its facts. Those of the region are read once, and then
    /// kept: zones, versions and secrets stay as they were when the environment was created, unless the spec requests
    /// others.
    ///
    /// # Errors
    /// When the state is of another environment, or a fact cannot be read.
    pub async fn open(&self, session: &Session, mut state: State) -> Result<Opened, OpenError> {
        guard(&state, &self.environment(&session.caller, &state.env.lineage))?;
        let (facts, was_protected) = (self.facts(session, &state).await?, is_protected(&state));
        let recorded = serde_json::to_value(&facts);
        let recorded = recorded.map_err(|e| Error::new(Class::Invalid, "write the facts as JSON").caused_by(e))?;
        state.facts.insert(REGION_FACTS.into(), recorded);
        let protected = self.spec.protect || self.suffix.is_protected();
        state.facts.insert(PROTECTED.into(), Value::Bool(protected));
        state.facts.insert(TAGS.into(), serde_json::json!(self.spec.tags));
        Ok(Opened { state, facts, was_protected })
    }

    async fn facts(&self, session: &Session, state: &State) -> Result<Facts> {
        let (aws, requirements) = (session.aws(), requirements(&self.spec));
        let known = state.facts.get(REGION_FACTS).and_then(|v| serde_json::from_value::<Facts>(v.clone()).ok());
        match known {
            Some(facts) => facts.kept(aws, &requirements).await,
            None => Facts::ask(aws, &session.caller, &requirements).await,
        }
    }

    /// The desired graph.
    pub fn graph(&self, facts: &Facts) -> Graph<Aws> {
        graph(&self.spec, &self.suffix, facts)
    }
}

/// Whether `down` is refused.
pub fn is_protected(state: &State) -> bool {
    state.facts.get(PROTECTED).and_then(Value::as_bool).unwrap_or(false)
}

/// The user's tags that every resource carries.
pub fn tags(state: &State) -> BTreeMap<String, String> {
    state.facts.get(TAGS).and_then(|tags| serde_json::from_value(tags.clone()).ok()).unwrap_or_default()
}
