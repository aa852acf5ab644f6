//! An environment directory that a command holds.
use jiff::Timestamp;
use vidpipe_engine::State;
use vidpipe_store::{EnvDir, Lock, Result};

/// A locked environment directory, and its state.
#[derive(Debug)]
pub struct Held {
    /// The lock. While it exists, no other run changes the state.
    pub lock: Lock,
    /// The recorded state, read under the lock; `None` if nothing is recorded.
    pub state: Option<State>,
}

impl Held {
    /// Locks the directory for that command, and then reads its state.
    ///
    /// # Errors
    /// When another run holds the lock, the directory is not writable, or the state cannot be read.
    pub fn take(place: &EnvDir, command: &str, now: Timestamp) -> Result<Self> {
        let lock = place.lock(command, now)?;
        let state = place.read()?;
        Ok(Self { lock, state })
    }
}
