//! A connection to AWS, real or sandbox, and its caller identity.
use crate::{
    args::{Global, Place, SandboxClock},
    fail::{Exit, Failure, Result},
};
use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};
use vidpipe_aws::{Aws, Caller, Connection, Profile, timings};
use vidpipe_engine::{
    Class, Saving, State, Store,
    pace::{Measured, Timings},
    saved,
};
use vidpipe_run::{Provider, Session as Connected, s3};
use vidpipe_sandbox::{Clock, Sandbox};
use vidpipe_store::{Backend, Folder, Hold, each};
use vidpipe_text::{clean, path as display_path};

/// A connection to AWS, as a run uses it.
pub(crate) struct Session {
    pub(crate) connected: Connected,
    pub(crate) sandbox: Option<Rc<Sandbox>>,
    /// Only one run at a time may change the sandbox's AWS, whatever its environment.
    _held: Option<Hold>,
}

/// Whether a command may change resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Change,
}

/// Where environments are recorded. The sandbox has its own folder.
pub(crate) async fn backend(global: &Global) -> Result<&Backend> {
    global.backend.get_or_try_init(|| opened(global)).await
}

async fn opened(global: &Global) -> Result<Backend> {
    backend_at(global, &global.state).await
}

/// Another place than the selected one. In the sandbox, every folder has one of its own.
pub(crate) async fn backend_at(global: &Global, place: &Place) -> Result<Backend> {
    let global = Global { state: place.clone(), ..global.clone() };
    match place {
        Place::Folder(_) => Ok(Backend::Folder(Folder::new(&root(&global)?))),
        Place::S3(location) => {
            not_in_sandbox(&global)?;
            let bucket = s3::open(location, set("AWS_REGION").as_deref()).await?;
            Ok(Backend::Bucket(bucket.signed(set("USER").or_else(|| set("LOGNAME")), job())))
        }
    }
}

fn not_in_sandbox(global: &Global) -> Result {
    match &global.state {
        Place::S3(location) if global.sandbox => {
            let message = format!("the sandbox keeps its AWS in a folder, and {} is none", location.label());
            Err(Failure::new(Exit::Usage, message)
                .hint("give it a folder with --state, or leave --state and VIDPIPE_STATE out"))
        }
        _ => Ok(()),
    }
}

/// A variable that is set, and not empty.
fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The page of the CI job that runs this, in the variables of GitHub, GitLab, Buildkite and Jenkins.
fn job() -> Option<String> {
    let github = || {
        let (server, repository, run) = (set("GITHUB_SERVER_URL")?, set("GITHUB_REPOSITORY")?, set("GITHUB_RUN_ID")?);
        Some(format!("{server}/{repository}/actions/runs/{run}"))
    };
    github().or_else(|| ["CI_JOB_URL", "BUILDKITE_BUILD_URL", "BUILD_URL"].iter().find_map(|name| set(name)))
}

/// The folder that stores the sandbox's AWS, or the environments.
fn root(global: &Global) -> Result<PathBuf> {
    not_in_sandbox(global)?;
    Ok(match &global.state {
        Place::Folder(folder) if global.sandbox => folder.join("sandbox"),
        Place::Folder(folder) => folder.clone(),
        Place::S3(_) => PathBuf::new(),
    })
}

/// The file that stores the sandbox's AWS.
pub(crate) fn sandbox_file(global: &Global) -> Result<PathBuf> {
    Ok(root(global)?.join("aws.json"))
}

impl Session {
    /// Connects, and reads the caller identity. Changes nothing.
    pub(crate) async fn open(
        global: &Global,
        region: &str,
        tags: BTreeMap<String, String>,
        access: Access,
    ) -> Result<Self> {
        same_region(global, region)?;
        let held = (global.sandbox && access == Access::Change).then(|| hold(global)).transpose()?;
        let (connection, sandbox) = match global.sandbox {
            true => in_process(&sandbox_file(global)?, region, global.sandbox_clock)?,
            false => (Connection { region: region.into(), ..Connection::default() }, None),
        };
        let instant = global.sandbox_clock == SandboxClock::Instant;
        let unmetered = global.sandbox && instant;
        let mut connected = match Connected::connect(Connection { unmetered, ..connection }, tags).await {
            Ok(connected) => connected,
            Err(e) if e.class == Class::Expired => return Err(Failure::before(&e).hint(how_to_sign_in().await)),
            Err(e) => return Err(Failure::before(&e)),
        };
        let Caller { account, partition } = &connected.caller;
        let endpoint = connected.aws().endpoints.emulator();
        tracing::info!(region, account, partition, endpoint, sandbox = global.sandbox, "connected");
        if !connected.provider.timings.is_emulated() {
            connected.provider.timings = learned(global, region).await;
        }
        Ok(Self { connected, sandbox, _held: held })
    }

    /// AWS, its kinds, and their usual durations.
    pub(crate) fn provider(&self) -> &Provider<Aws> {
        &self.connected.provider
    }

    /// The clients of AWS.
    pub(crate) fn aws(&self) -> &Rc<Aws> {
        self.connected.aws()
    }

    /// A store that saves the sandbox's AWS with each state, so that it is as durable as the state that refers to it.
    pub(crate) fn keeping(&self, store: Box<dyn Store>) -> Box<dyn Store> {
        match &self.sandbox {
            Some(sandbox) => Box::new(Both { sandbox: sandbox.clone(), store }),
            None => store,
        }
    }

    /// Saves the sandbox's AWS.
    pub(crate) fn close(&self) -> Result {
        match &self.sandbox {
            Some(sandbox) => {
                sandbox.save().map_err(|e| Failure::new(Exit::Failed, format!("failed to keep the sandbox: {e}")))
            }
            None => Ok(()),
        }
    }
}

/// The number of a region's newest runs that durations are learned from.
const NEWEST: usize = 20;

/// The durations on AWS: the built-in table, corrected by the newest runs. An unreadable history is ignored.
pub(crate) async fn learned(global: &Global, region: &str) -> Timings {
    let mut measured = Measured::default();
    let runs = match backend(global).await {
        Ok(backend) => backend.newest_runs(region, NEWEST).await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    for events in each(&runs, async |run| run.load().await.unwrap_or_default()).await {
        measured.note(events.iter().map(|recorded| &recorded.event));
    }
    timings().taught(&measured)
}

struct Both {
    sandbox: Rc<Sandbox>,
    store: Box<dyn Store>,
}

impl Store for Both {
    // Save the sandbox before the state: a crash between the two looks like a lost answer.
    fn save(&mut self, state: &State) -> Saving {
        match self.sandbox.save() {
            Ok(()) => self.store.save(state),
            Err(e) => {
                let failed = vidpipe_engine::Error::new(Class::Store, format!("save the sandbox: {e}"));
                saved(Err(failed.hint(e.hint()).caused_by(e)))
            }
        }
    }

    fn check(&mut self, state: &State) -> vidpipe_engine::Result<()> {
        self.store.check(state)
    }

    fn rest(&self, took: Duration) -> Duration {
        self.store.rest(took)
    }
}

/// The kernel's lock on the sandbox. It is released when the process ends.
fn hold(global: &Global) -> Result<Hold> {
    Folder::new(&root(global)?).hold("aws.json.lock")?.ok_or_else(|| {
        Failure::new(Exit::Locked, "another run is changing the sandbox")
            .hint("wait for it to end, or give this run a sandbox of its own with --state")
    })
}

fn in_process(file: &Path, region: &str, clock: SandboxClock) -> Result<(Connection, Option<Rc<Sandbox>>)> {
    let clock = match clock {
        SandboxClock::Instant => Clock::Instant,
        SandboxClock::Real | SandboxClock::Fast | SandboxClock::Paused => Clock::Real,
    };
    let sandbox = Sandbox::open(file, clock).map_err(|e| {
        Failure::new(Exit::Refused, format!("failed to open the sandbox: {e}"))
            .hint(format!("remove {} to start with an empty one", display_path(file)))
    })?;
    let connection = Connection::in_process(region, sandbox.http_client(), sandbox.interceptors());
    Ok((connection, Some(Rc::new(sandbox))))
}

/// The hint for a user without credentials.
async fn how_to_sign_in() -> String {
    let without = "to try vidpipe without an account, add --sandbox";
    // Credentials in the environment take precedence over any profile.
    let profile = match env::var_os("AWS_ACCESS_KEY_ID") {
        Some(_) => None,
        None => Profile::in_use().await,
    };
    match profile {
        Some(profile) if !profile.exists && profile.name != "default" => format!(
            "there is no profile `{}`, which AWS_PROFILE names: `aws configure list-profiles` lists those that there are; \
             {without}",
            clean(&profile.name)
        ),
        Some(profile) if profile.single_sign_on => {
            format!("sign in with `aws sso login --profile {}`; {without}", clean(&profile.name))
        }
        _ => format!(
            "sign in (`aws sso login`), set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; {without}"
        ),
    }
}

/// The region comes from the spec, or from the state. Another region in the environment variables is an error.
fn same_region(global: &Global, region: &str) -> Result {
    if global.sandbox {
        return Ok(());
    }
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let Ok(other) = env::var(name) else { continue };
        if !other.is_empty() && other != region {
            return Err(Failure::new(
                Exit::Refused,
                format!("{name} says {other}, but this environment belongs in {region}"),
            )
            .hint(format!("unset {name}, or set `region = \"{other}\"` in the spec of a new environment")));
        }
    }
    Ok(())
}
