//! Errors of the sandbox itself. A refusal by AWS is an answer of the sandbox, not one of these errors.

use std::path::PathBuf;

/// The result of opening, saving or inspecting a sandbox.
pub type Result<T> = std::result::Result<T, Error>;

/// An error in opening, saving or inspecting the sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file exists but cannot be read.
    #[error("cannot read the sandbox file {}", path.display())]
    Read {
        /// The sandbox file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The file cannot be written or moved into place.
    #[error("cannot write the sandbox file {}", path.display())]
    Write {
        /// The sandbox file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The file is empty, truncated or not a sandbox file.
    #[error("the sandbox file {} is not readable as one", path.display())]
    Parse {
        /// The sandbox file.
        path: PathBuf,
        /// The parse error.
        source: serde_json::Error,
    },
    /// The file was written by another version of vidpipe.
    #[error("the sandbox file {} has format {found}, this vidpipe reads {}", path.display(), crate::store::FORMAT)]
    Format {
        /// The sandbox file.
        path: PathBuf,
        /// The format number in the file.
        found: u64,
    },
    /// A backend rejects its state, or cannot export it.
    #[error("the sandbox's {service} does not take its state")]
    State {
        /// The AWS service, as in its endpoint name.
        service: &'static str,
        /// The error of the backend.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A call is in flight.
    #[error("the sandbox is answering a call and cannot be saved or inspected now")]
    Busy,
}

impl Error {
    /// A hint for the user.
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
