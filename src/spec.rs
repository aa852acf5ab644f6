//! The spec of a command: a file, or the pipeline's defaults.
use crate::fail::{Exit, Failure, Result};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use vidpipe_pipelines::spec::{Pipeline, Spec};

const DEFAULT_FILE: &str = "vidpipe.toml";

/// Read the file named on the command line, else `vidpipe.toml` if there is one, else take the defaults.
pub(crate) fn load(config: Option<&PathBuf>, pipeline: Option<Pipeline>) -> Result<Spec> {
    let path = config.map_or(Path::new(DEFAULT_FILE), PathBuf::as_path);
    let text = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound && config.is_none() => return defaults(pipeline),
        Err(e) => {
            return Err(Failure::new(Exit::Refused, format!("failed to read the spec {}: {e}", path.display()))
                .hint("`vidpipe init` writes one with every default in it"));
        }
    };
    let text = String::from_utf8(text).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::new(
            Exit::Refused,
            format!("failed to read the spec {}: it is not UTF-8 text (byte {at})", path.display()),
        )
        .hint("save it as UTF-8")
    })?;
    Spec::load_for(path, &text, pipeline)
        .map_err(|errors| Failure::new(Exit::Refused, format!("the spec is not valid\n{errors}")))
}

fn defaults(pipeline: Option<Pipeline>) -> Result<Spec> {
    Spec::defaults(pipeline.unwrap_or(Pipeline::ALL[0]))
        .map_err(|e| Failure::new(Exit::Refused, e.to_string()).hint(e.hint()))
}
