//! What can go wrong with the sandbox itself. What AWS refuses is an answer of the sandbox, never one of these.

use std::path::PathBuf;

/// The result of opening, saving or looking into a sandbox.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the sandbox could not be opened, saved or looked into.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is there but cannot be read.
    #[error("cannot read the sandbox file {}", path.display())]
    Read {
        /// The sandbox file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file cannot be written or put in place.
    #[error("cannot write the sandbox file {}", path.display())]
    Write {
        /// The sandbox file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is empty, cut short or not a sandbox file.
    #[error("the sandbox file {} is not readable as one", path.display())]
    Parse {
        /// The sandbox file.
        path: PathBuf,
        /// Where it stops making sense.
        source: serde_json::Error,
    },
    /// The file was written by another version of vidpipe.
    #[error("the sandbox file {} has format {found}, this vidpipe reads {}", path.display(), crate::sandbox::FORMAT)]
    Format {
        /// The sandbox file.
        path: PathBuf,
        /// The format number in the file.
        found: u64,
    },
    /// A backend does not accept, or cannot give, its state.
    #[error("the sandbox's {service} does not take its state")]
    State {
        /// The AWS service, as in its endpoint name.
        service: &'static str,
        /// What the backend says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A call is being answered at this very moment.
    #[error("the sandbox is answering a call and cannot be saved or inspected now")]
    Busy,
}

impl Error {
    /// What the user can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Read { .. } | Self::Write { .. } => {
                "check the permissions of the file and of its folder, and that the disk is not full"
            }
            Self::Parse { .. } | Self::Format { .. } | Self::State { .. } => {
                "the sandbox holds nothing real: remove the file, and the environments made in it, to start with an empty AWS"
            }
            Self::Busy => "wait for the calls in flight to end",
        }
    }
}
