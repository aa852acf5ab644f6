//! Where the state of environments lives between runs: a local folder.
//!
//! ```text
//! .vidpipe/<pipeline>/<account>-<region>/<suffix>/
//!     state.json            what we have; replaced as a whole, never changed in place
//!     state.json.lock       locked by the kernel while a run may change the state
//!     state.json.bak        the version before the last save
//!     state.json.bak.1..5   the state as the last runs that changed it found it, newest first
//!     state.json.rescued-<time>   what a run knew that lost the environment to another one
//!     runs/<time>-<command>.jsonl
//! ```
//!
//! This crate knows files. It must not decide what is done to an environment, talk to AWS, read the clock (times are
//! handed in), or print.
mod claim;
pub mod disk;
mod document;
mod error;
pub mod files;
mod folder;
mod guard;
mod lock;
mod place;
mod runs;
mod save;
mod vanished;

pub use claim::{Loss, Record};
pub use error::{Damage, ErrorKind, StoreError};
pub use folder::{Folder, Hold};
pub use guard::guard;
pub use lock::{Holder, Lock};
pub use place::Place;
pub use runs::{Recorded, Run, RunLog};
pub use save::{BACKUPS, FileStore};

/// The result of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
