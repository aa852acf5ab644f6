//! The environment variables of the process.
use crate::fail::{Exit, Failure, Result};
use std::{env, ffi::OsString, os::unix::process::CommandExt, process::Command};

/// Continues without the empty `AWS_` variables. A CI sets a variable that is not given to an empty value, which AWS's
/// own tools treat as unset; the SDK would take an empty `AWS_ENDPOINT_URL` for an address, also inside the credential
/// providers. A process cannot change its own variables safely, so it executes itself again, as the same process.
pub(crate) fn without_empty() -> Result {
    let empty = empty(env::vars_os());
    if empty.is_empty() {
        return Ok(());
    }
    let failed = |e| {
        let names: Vec<_> = empty.iter().map(|name| vidpipe_text::clean(&name.to_string_lossy())).collect();
        Failure::new(Exit::Failed, format!("failed to start without what is empty: {e}"))
            .hint(format!("unset {}", names.join(", ")))
    };
    let mut again = Command::new(env::current_exe().map_err(failed)?);
    let mut args = env::args_os();
    if let Some(name) = args.next() {
        again.arg0(name);
    }
    for name in &empty {
        again.env_remove(name);
    }
    Err(failed(again.args(args).exec()))
}

fn empty(variables: impl Iterator<Item = (OsString, OsString)>) -> Vec<OsString> {
    let empty = variables.filter(|(name, value)| value.is_empty() && name.as_encoded_bytes().starts_with(b"AWS_"));
    empty.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_empty_and_of_aws_counts_as_unset() {
        let given = [("AWS_PROFILE", ""), ("AWS_REGION", "x"), ("NO_COLOR", ""), ("AWS_ENDPOINT_URL_S3", "")];
        let found = empty(given.map(|(name, value)| (name.into(), value.into())).into_iter());
        assert_eq!(found, ["AWS_PROFILE", "AWS_ENDPOINT_URL_S3"]);
    }
}
