//! The spec of a command: a file and the folder of migrations it names, or the pipeline's defaults.
use crate::fail::{Exit, Failure, Result};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use vidpipe_pipelines::{
    migrations,
    spec::{Migrations, Pipeline, Spec},
};
use vidpipe_store::files;
use vidpipe_text::path as display_path;

const DEFAULT_FILE: &str = "vidpipe.toml";
/// The largest spec accepted. The template with all comments has a hundredth of that.
const LARGEST_SPEC: u64 = 1 << 20;
/// The largest migration accepted. No more is read of a larger file.
const LARGEST: u64 = migrations::LARGEST as u64;
/// The largest number of migrations: their numbers have three digits.
const MOST: usize = 999;

/// Reads the file named on the command line, else `vidpipe.toml` if it exists, else takes the defaults.
pub(crate) fn load(config: Option<&PathBuf>, pipeline: Option<Pipeline>) -> Result<Spec> {
    let path = config.map_or(Path::new(DEFAULT_FILE), PathBuf::as_path);
    let text = match files::read(path, LARGEST_SPEC) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound && config.is_none() => {
            return Ok(Spec::defaults(pipeline.unwrap_or(Pipeline::ALL[0])));
        }
        Err(e) => {
            let hint = match e.kind() {
                io::ErrorKind::InvalidInput => "name a file; what comes out of a pipe, save as one first",
                _ => "`vidpipe init` writes one with every default in it",
            };
            return Err(
                Failure::new(Exit::Refused, format!("failed to read the spec {}: {e}", display_path(path))).hint(hint)
            );
        }
    };
    let text = String::from_utf8(text).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Failure::new(
            Exit::Refused,
            format!("failed to read the spec {}: it is not UTF-8 text (byte {at})", display_path(path)),
        )
        .hint("save it as UTF-8")
    })?;
    let mut spec = Spec::load_for(path, &text, pipeline)
        .map_err(|errors| Failure::new(Exit::Refused, format!("the spec is not valid\n{errors}")))?;
    if let Migrations::Folder(folder) = &spec.metadata.migrations {
        // Relative to the spec, not to the working directory.
        let folder = path.parent().unwrap_or(Path::new("")).join(folder);
        spec.metadata.files = from_folder(&folder)?;
    }
    Ok(spec)
}

fn from_folder(folder: &Path) -> Result<Vec<migrations::Migration>> {
    let name = display_path(folder);
    let files = sql_files(folder).map_err(|e| {
        Failure::new(Exit::Refused, format!("failed to read the migrations in {name}: {e}"))
            .hint("metadata.migrations in the spec names a folder beside the spec, or is \"builtin\" or \"off\"")
    })?;
    migrations::read(files).map_err(|e| {
        Failure::new(Exit::Refused, format!("a migration in {name} is not valid: {e}")).hint(e.hint.clone())
    })
}

/// Every file that ends in `.sql`, in any case, with its content.
fn sql_files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.to_lowercase().ends_with(".sql") {
            if found.len() == MOST {
                return Err(io::Error::other(format!("more than {MOST} files end in .sql")));
            }
            let path = entry.path();
            let about = |e: io::Error| io::Error::new(e.kind(), format!("{}: {e}", path.display()));
            found.push((name, files::read_some(&path, LARGEST + 1).map_err(about)?));
        }
    }
    Ok(found)
}
