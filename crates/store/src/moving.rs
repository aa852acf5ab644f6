//! Moving a state between backends, or replacing it by a copy. Each step can be repeated, and none loses anything: a
//! state is removed where it was only after it was read back where it is now.
use crate::{BackendEnv, EnvLock, Result, Run, StoreError, disk, document, document::Bad, guard};
use std::path::{Path, PathBuf};
use vidpipe_engine::{FORMAT, State};

/// The reason why a state is not put in the place of another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Another environment of that name exists there.
    #[error("the state there is of another environment of that name (lineage {there}, not {given})")]
    Lineage {
        /// The lineage of the state that is there.
        there: String,
        /// The lineage of the given state.
        given: String,
    },
    /// The state there is newer.
    #[error("the state there is newer (serial {there}, not {given})")]
    Newer {
        /// The serial of the state that is there.
        there: u64,
        /// The serial of the given state.
        given: u64,
    },
    /// The states have the same serial and differ.
    #[error("the state there has the same serial ({0}) and another content")]
    Fork(u64),
}

/// A state as the text of its file.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn encode(state: &State) -> Result<Vec<u8>> {
    document::encode(state)
}

/// The state in a file's text.
///
/// # Errors
/// As [`crate::EnvDir::read`]; `path` is what the error names.
pub fn decode(bytes: &[u8], path: &Path) -> Result<State> {
    document::decode(bytes).map_err(|bad| match bad {
        Bad::Damage(damage) => StoreError::Damaged { path: path.into(), damage, backups: Vec::new() },
        Bad::Newer(format) => StoreError::Newer { path: path.into(), format, known: FORMAT },
    })
}

/// Whether the given state may replace the one that is there; `false` if they are the same.
///
/// # Errors
/// The [`Conflict`]: something that the state there knows would be lost.
pub fn may_replace(given: &State, there: Option<&State>) -> Result<bool, Conflict> {
    let Some(there) = there else { return Ok(true) };
    let epochless = |state: &State| State { epoch: 0, ..state.clone() };
    if there.env.lineage != given.env.lineage {
        return Err(Conflict::Lineage { there: there.env.lineage.clone(), given: given.env.lineage.clone() });
    }
    match given.serial.cmp(&there.serial) {
        std::cmp::Ordering::Greater => Ok(true),
        std::cmp::Ordering::Less => Err(Conflict::Newer { there: there.serial, given: given.serial }),
        std::cmp::Ordering::Equal if epochless(given) == epochless(there) => Ok(false),
        std::cmp::Ordering::Equal => Err(Conflict::Fork(there.serial)),
    }
}

impl EnvLock {
    /// Saves that state, and reads it back.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] when it is of another environment, and those of saving and reading.
    pub async fn put(&self, state: &State) -> Result<(), vidpipe_engine::Error> {
        let env = self.env();
        guard(state, &env.environment(&state.env.lineage))?;
        let epochless = State { epoch: 0, ..state.clone() };
        self.store().save(&epochless).await?;
        let back = env.read().await?.map(|back| State { epoch: 0, ..back });
        if back.as_ref() == Some(&epochless) {
            return Ok(());
        }
        let doing = format!("read back the state in {}: it is not what was written", self.label());
        Err(vidpipe_engine::Error::new(vidpipe_engine::Class::Store, doing))
    }
}

impl BackendEnv {
    /// Copies the history of a run here, under the same name, unless it is here already.
    ///
    /// # Errors
    /// When it cannot be read there or written here.
    pub async fn adopt(&self, run: &Run) -> Result<()> {
        if self.runs().await?.iter().any(|own| own.name() == run.name()) {
            return Ok(());
        }
        let bytes = run.bytes().await?;
        match self {
            Self::Folder(dir) => {
                let path: PathBuf = dir.file("runs").join(run.name());
                let failed = |e| StoreError::io("copy the history of a run to", &path, e);
                disk::Disk::make_folder(&*dir.disk, &dir.file("runs")).map_err(failed)?;
                dir.disk.create(&path, &bytes).and_then(|()| dir.disk.sync_file(&path)).map_err(failed)
            }
            Self::Bucket(env) => env.adopt(run.name(), bytes).await,
        }
    }
}
