//! Errors of the state folder, their effect on the run, and the hint for the user.
use crate::{
    Holder, Loss, Record,
    hints::{is_before, is_remote, lost, refused, restore},
    remote::Fault,
    runs::READING,
};
use std::{fmt, io, path::PathBuf};
use vidpipe_engine::{Class, Error};

/// The effect of an error on the run, from which the binary chooses an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Another run holds the environment.
    Locked,
    /// Nothing was started, and nothing should be started until the user has acted.
    Refused,
    /// The disk failed during the run.
    Io,
}

/// The damage to a state file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The file is empty, which is not the same as having no state.
    Empty,
    /// The file is truncated.
    Truncated,
    /// The file is not a state, for this reason.
    Unreadable(String),
    /// The content does not match its checksum: changed by hand, or by the disk.
    Changed,
    /// The file is missing, though its backups exist.
    Gone,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Truncated => f.write_str("ends in the middle"),
            Self::Unreadable(why) => write!(f, "cannot be understood ({why})"),
            Self::Changed => f.write_str("was changed by something other than vidpipe (its checksum does not match)"),
            Self::Gone => f.write_str("is gone, though its backups are there"),
        }
    }
}

/// An error of the state folder. The message follows "failed to ..."; [`StoreError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another run holds the environment.
    #[error("lock {}: the environment is locked by {}", path.display(), holder.as_ref().map_or_else(|| "another run".into(), ToString::to_string))]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// The holder, if the lock file names it.
        holder: Option<Box<Holder>>,
    },
    /// The state file is damaged.
    #[error("read the state: {} {damage}", path.display())]
    Damaged {
        /// The state file.
        path: PathBuf,
        /// The damage.
        damage: Damage,
        /// Whole backups, the one with the highest serial first.
        backups: Vec<PathBuf>,
    },
    /// A newer vidpipe wrote the state.
    #[error("read the state: {} has format {format}; this build knows formats up to {known}", path.display())]
    Newer {
        /// The state file.
        path: PathBuf,
        /// Its format.
        format: u64,
        /// The newest format this build knows.
        known: u32,
    },
    /// The state belongs to another environment than the one to be changed.
    #[error("use the state of {environment}: {}", differences.join(", "))]
    Foreign {
        /// The environment of the state.
        environment: String,
        /// The differences, each as "its account is X, not Y".
        differences: Vec<String>,
    },
    /// A name that is not allowed as part of a state folder's path.
    #[error(
        "name a state folder: the {what} {value:?} may hold only letters, digits, `-` and `_`, and not begin with `-`"
    )]
    Name {
        /// The part that is invalid.
        what: &'static str,
        /// The given value.
        value: String,
    },
    /// Another run took the environment during this run, or the state file was changed.
    #[error("keep hold of {}: {loss}", path.display())]
    Lost {
        /// The environment's folder.
        path: PathBuf,
        /// The way it was lost.
        loss: Loss,
        /// The location of the state this run knew.
        record: Record,
    },
    /// The folder cannot be written.
    #[error("write to the state folder {}", path.display())]
    Unwritable {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The disk failed.
    #[error("{doing} {}", path.display())]
    Io {
        /// The operation that failed.
        doing: &'static str,
        /// The path it failed on.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The object store does not answer, or refuses.
    #[error("{doing} {url}: {fault}")]
    Remote {
        /// The operation that failed.
        doing: &'static str,
        /// The object.
        url: String,
        /// The failure.
        fault: Fault,
    },
    /// An object that another program wrote stands where vidpipe's should.
    #[error("use {url}: vidpipe did not write it ({why})")]
    NotOurs {
        /// The object.
        url: String,
        /// Why it is not vidpipe's.
        why: String,
    },
    /// A value could not be written as JSON.
    #[error("write as JSON")]
    Json {
        /// The cause.
        #[from]
        source: serde_json::Error,
    },
}

impl StoreError {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io { doing, path: path.into(), source }
    }

    /// The effect on the run.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Locked { .. } | Self::Lost { .. } => ErrorKind::Locked,
            Self::Damaged { .. }
            | Self::Newer { .. }
            | Self::Foreign { .. }
            | Self::Name { .. }
            | Self::NotOurs { .. }
            | Self::Unwritable { .. } => ErrorKind::Refused,
            Self::Remote { fault: Fault::Refused { .. }, doing, .. } if is_before(doing) => ErrorKind::Refused,
            Self::Io { .. } | Self::Remote { .. } | Self::Json { .. } => ErrorKind::Io,
        }
    }

    /// The hint for the user.
    pub fn hint(&self) -> String {
        match self {
            Self::Locked { holder: Some(h), path } if is_remote(path) => format!(
                "wait for it to end; if process {} on {} is gone, its lease ends by itself soon: run the same command again",
                h.pid, h.host
            ),
            Self::Locked { holder: Some(h), .. } => {
                format!("wait for it to end; if it hangs, stop process {} on {}: the lock goes with it", h.pid, h.host)
            }
            Self::Locked { holder: None, .. } => "wait for the other run to end; the lock goes with it".into(),
            Self::Lost { path, record, .. } => lost(path, record),
            Self::Damaged { path, damage, backups } => restore(path, damage, backups),
            Self::Newer { .. } => "use the newer vidpipe that wrote it; nothing was changed".into(),
            Self::Foreign { .. } => {
                "use the credentials and the region the environment was made with, or another suffix".into()
            }
            Self::Name { .. } => "nothing was changed; correct the name".into(),
            Self::Unwritable { .. } => {
                "make the folder writable for you, or name another one with `--state DIR`; nothing was changed".into()
            }
            Self::Io { doing: READING, source, .. } => match source.kind() {
                io::ErrorKind::Unsupported => "use the newer vidpipe that wrote it; nothing was changed".into(),
                _ => "nothing is decided by it, and it may be removed; read another run".into(),
            },
            Self::Io { .. } => "check free space and permissions of the disk, then run the same command again".into(),
            Self::Remote { fault: Fault::Refused { why, action, message }, url, doing } => {
                refused((*why, action, message), url, doing)
            }
            Self::Remote { .. } => {
                "check the network and the state of S3, then run the same command again: nothing that it had begun is lost"
                    .into()
            }
            Self::NotOurs { url, .. } if url.ends_with("/lease.json") => {
                format!("nothing was changed; if no run is going on, remove it: aws s3 rm {url}")
            }
            Self::NotOurs { .. } => "nothing was changed; if it was vidpipe's, restore an earlier version of it; if not, name a \
                                     prefix that only vidpipe uses, as in `--state s3://bucket/vidpipe`"
                .into(),
            Self::Json { .. } => "this is a bug in vidpipe; nothing was changed".into(),
        }
    }
}

impl From<StoreError> for Error {
    fn from(e: StoreError) -> Self {
        let (message, hint) = (e.to_string(), e.hint());
        let class = if matches!(e, StoreError::Lost { .. }) { Class::Taken } else { Class::Store };
        Self::new(class, message).hint(hint).caused_by(e)
    }
}
