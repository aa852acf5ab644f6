//! SDK clients of a sandbox, and the helpers for their errors.

use std::fmt::Debug;
use std::path::PathBuf;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use vidpipe_sandbox::{Clock, Sandbox};

/// The region the tests work in.
pub(crate) const REGION: &str = "eu-west-1";

/// A client of one service, connected to the sandbox.
macro_rules! client {
    ($service:ident, $sandbox:expr) => {{
        let sandbox: &vidpipe_sandbox::Sandbox = &$sandbox;
        let mut config = $service::Config::builder()
            .behavior_version_latest()
            .region($service::config::Region::new($crate::aws::REGION))
            .credentials_provider($crate::aws::credentials())
            .http_client(sandbox.http_client());
        for interceptor in sandbox.interceptors() {
            config.push_interceptor(interceptor);
        }
        $service::Client::from_conf(config.build())
    }};
}
pub(crate) use client;

/// Credentials; any work.
pub(crate) fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "not-a-secret", None, None, "tests")
}

/// A sandbox on the instant clock without a file.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::in_memory(Clock::Instant)
}

/// The AWS error code.
#[track_caller]
pub(crate) fn code<T: Debug, E, R>(result: Result<T, SdkError<E, R>>) -> String
where
    E: ProvideErrorMetadata + Debug,
    R: Debug,
{
    let error = result.expect_err("the call is refused");
    match error.as_service_error().and_then(ProvideErrorMetadata::code) {
        Some(code) => code.to_owned(),
        None => panic!("not an answer of AWS: {error:?}"),
    }
}

/// A sandbox file in a temporary folder that is deleted on drop.
pub(crate) struct Kept {
    _folder: tempfile::TempDir,
    pub(crate) file: PathBuf,
}

impl Kept {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("sandbox.json");
        Self { _folder: folder, file }
    }

    pub(crate) fn open(&self, clock: Clock) -> Sandbox {
        Sandbox::open(&self.file, clock).expect("the sandbox opens")
    }

    /// Saves the sandbox and opens it again.
    pub(crate) fn again(&self, sandbox: Sandbox, clock: Clock) -> Sandbox {
        sandbox.save().expect("the sandbox is saved");
        drop(sandbox);
        self.open(clock)
    }
}
