//! Stores the state of environments between runs, in a local folder or in an object store ([`remote`]).
//!
//! ```text
//! .vidpipe/<pipeline>/<account>-<region>/<suffix>/
//!     state.json            the recorded state; replaced as a whole, never changed in place
//!     state.json.lock       locked by the kernel while a run may change the state
//!     state.json.bak        the version before the last save
//!     state.json.bak.1..5   the states at the start of the last runs that changed it, newest first
//!     state.json.rescued-<time>   the state of a run that lost the environment to another run
//!     runs/<time>-<command>.jsonl
//! ```
//!
//! This crate handles files and objects only. It must not decide what is done to an environment, know AWS (an object
//! store is passed in), read the wall clock (times are passed in), or print.
mod backend;
mod claim;
pub mod disk;
mod document;
mod error;
pub mod files;
mod folder;
mod guard;
mod hints;
mod lock;
mod moving;
mod place;
pub mod remote;
mod runs;
mod save;
mod vanished;

pub use backend::{Backend, BackendEnv, EnvLock, each};
pub use claim::{Loss, Record};
pub use error::{Damage, ErrorKind, StoreError};
pub use folder::{Folder, Hold};
pub use guard::guard;
pub use lock::{Holder, Lock};
pub use moving::{Conflict, decode, encode, may_replace};
pub use place::EnvDir;
pub use runs::{Recorded, Run, RunLog};
pub use save::{BACKUPS, FileStore};

/// The result type of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
