//! `vidpipe sandbox`: what there is in the AWS inside this process.
use crate::{
    cli::Global,
    fail::{Exit, Failure, Result},
    session,
};
use vidpipe_sandbox::{Clock, Sandbox};

/// Everything that exists, as JSON: it is for programs, and for the eyes of whoever doubts `down`.
pub(super) fn inventory(global: &Global) -> Result {
    let file = session::sandbox_file(global);
    let inventory = Sandbox::open(&file, Clock::Instant)
        .and_then(|sandbox| sandbox.inventory())
        .map_err(|e| Failure::new(Exit::Refused, format!("failed to look into the sandbox: {e}")).hint(e.hint()))?;
    super::print(&format!("{inventory:#}\n"))
}
