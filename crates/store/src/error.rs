//! Errors of the state folder, their effect on the run, and the hint for the user.
use crate::{
    Holder, Loss, Record,
    remote::{Fault, Refusal},
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

/// Whether an environment is in an object store.
fn is_remote(path: &std::path::Path) -> bool {
    path.to_str().is_some_and(|path| path.starts_with("s3://"))
}

/// Whether that operation comes before anything is changed; later ones come in the middle of something.
fn is_before(doing: &str) -> bool {
    ["find", "list", "read", "take"].iter().any(|first| doing.starts_with(first))
}

/// What to do after a refusal. What is missing is said as a statement of a policy.
fn refused((why, action, message): (Refusal, &str, &str), url: &str, doing: &str) -> String {
    let path = url.trim_start_matches("s3://");
    let bucket = path.split('/').next().unwrap_or_default();
    let begins = if is_before(doing) { "nothing was changed; " } else { "" };
    let key = why == Refusal::Key || message.contains("kms:") || message.contains("KMS");
    match why {
        _ if key => format!(
            "{begins}enable the KMS key that encrypts {bucket}, and allow these credentials kms:Decrypt and \
             kms:GenerateDataKey with it"
        ),
        Refusal::NoBucket => {
            format!("{begins}make the bucket with `vidpipe state init s3://{bucket}`, or correct its name in --state")
        }
        Refusal::Denied => {
            // These are about objects; all others are about the bucket.
            let resource = if action.contains("Object") { path } else { bucket };
            let needed = serde_json::json!({
                "Effect": "Allow", "Action": action, "Resource": format!("arn:aws:s3:::{resource}"),
            });
            let list = if action == "s3:GetObject" {
                format!(" (or s3:ListBucket on {bucket}, without which S3 does not say that there is no such object)")
            } else {
                String::new()
            };
            format!(
                "{begins}these credentials, or the bucket's policy, lack {needed}{list}; a bucket of another account than \
                 `?owner=` names is refused in the same way"
            )
        }
        Refusal::Credentials => format!("{begins}sign in again, then run the same command"),
        Refusal::Key | Refusal::Other => format!("{begins}see `--state` in `vidpipe help`"),
    }
}

fn lost(path: &std::path::Path, record: &Record) -> String {
    const ENDED: &str = "this run asked AWS for nothing after that";
    let path = path.display();
    match record {
        Record::Whole => format!(
            "{ENDED}, and the state knows of all that it had begun: when no other run is going on, run the same command again"
        ),
        Record::Kept(file) if is_remote(file) => {
            let file = file.display();
            format!(
                "{ENDED}. The state in {path} does not know of all that it had begun; {file} does. If the state there was a \
                 mistake, `aws s3 cp {file} FILE` and `vidpipe state push` it, and run the same command again; if not, copy that \
                 object as state.json to the same path under another prefix, and remove with `vidpipe down --state` what it made"
            )
        }
        Record::Kept(file) => {
            let file = file.display();
            format!(
                "{ENDED}. The state in {path} does not know of all that it had begun; {file} does. If the state there was a \
                 mistake, put it aside when no other run is going on, `cp {file} {path}/state.json`, and run the same command \
                 again; if not, put that copy as state.json into a folder of the same path under another --state DIR, and \
                 remove with `vidpipe down --state DIR` what it made"
            )
        }
        Record::Nowhere(why) => format!(
            "{ENDED}. The state in {path} does not know of all that it had begun, and a copy of what does could not be \
             written ({why}): look in the account for what has the tags of this environment"
        ),
    }
}

fn restore(path: &std::path::Path, damage: &Damage, backups: &[PathBuf]) -> String {
    if is_remote(path) {
        return format!(
            "nothing was changed; restore an earlier version of {}, for example with `aws s3api list-object-versions` and \
             `copy-object`",
            path.display()
        );
    }
    let path = path.display();
    let Some(best) = backups.first() else {
        return format!(
            "nothing was changed, and there is no whole backup here: restore {path} from a backup of your own; only if \
             nothing of the environment exists any more, remove the file and start anew"
        );
    };
    let best = best.display();
    let gone = if *damage == Damage::Gone { " (or remove the backups, if nothing of it exists any more)" } else { "" };
    format!(
        "nothing was changed; restore the newest whole backup{gone}: cp {best} {path}; then look with `vidpipe plan --refresh`"
    )
}

impl From<StoreError> for Error {
    fn from(e: StoreError) -> Self {
        let (message, hint) = (e.to_string(), e.hint());
        let class = if matches!(e, StoreError::Lost { .. }) { Class::Taken } else { Class::Store };
        Self::new(class, message).hint(hint).caused_by(e)
    }
}
