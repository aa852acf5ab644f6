//! The folder of all environments, and finding one in it.
use crate::{
    Place, Result, Run, StoreError,
    disk::{Disk, Local},
    lock,
    place::Key,
};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    rc::Rc,
};

/// The folder that holds every environment's state; `.vidpipe` by default.
#[derive(Clone)]
pub struct Folder {
    root: PathBuf,
    disk: Rc<dyn Disk>,
}

impl Default for Folder {
    fn default() -> Self {
        Self::new(Path::new(".vidpipe"))
    }
}

/// A lock that is no environment's. It ends with the process.
#[derive(Debug)]
pub struct Hold(#[allow(dead_code, reason = "held, not used")] File);

impl Folder {
    /// That folder, on this machine. It need not be there.
    pub fn new(root: &Path) -> Self {
        Self::on(root, Rc::new(Local))
    }

    /// That folder, with its files written through `disk`.
    pub fn on(root: &Path, disk: Rc<dyn Disk>) -> Self {
        Self { root: root.into(), disk }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where that environment is kept. It need not be there.
    ///
    /// # Errors
    /// [`StoreError::Name`] when a part could lead out of the folder.
    pub fn environment(&self, pipeline: &str, account: &str, region: &str, suffix: &str) -> Result<Place> {
        for (what, value) in [("pipeline", pipeline), ("account", account), ("region", region), ("suffix", suffix)] {
            if !is_safe(value) {
                return Err(StoreError::Name { what, value: value.into() });
            }
        }
        if account.contains('-') {
            // The folder is read back by the first `-` of `<account>-<region>`.
            return Err(StoreError::Name { what: "account", value: account.into() });
        }
        let key =
            Key { pipeline: pipeline.into(), account: account.into(), region: region.into(), suffix: suffix.into() };
        Ok(Place::new(&self.root, key, self.disk.clone()))
    }

    /// The kernel's lock on a file of that name in the folder itself, which is made if it is not there; `None` if another run
    /// has it.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], naming the folder.
    pub fn hold(&self, name: &str) -> Result<Option<Hold>> {
        let held = self.disk.make_folder(&self.root).and_then(|()| lock::hold(&self.root.join(name)));
        Ok(held.map_err(|source| StoreError::Unwritable { path: self.root.clone(), source })?.map(Hold))
    }

    /// Every environment that has a state (whole or damaged), by pipeline, account, region and suffix.
    ///
    /// # Errors
    /// [`StoreError::Io`] when a folder cannot be read. A missing folder holds nothing.
    pub fn list(&self) -> Result<Vec<Place>> {
        let mut found = self.places()?;
        found.retain(Place::exists);
        Ok(found)
    }

    /// Every environment there is, or was.
    fn places(&self) -> Result<Vec<Place>> {
        let mut found = Vec::new();
        for pipeline in folders(&self.root)? {
            for home in folders(&self.root.join(&pipeline))? {
                let Some((account, region)) = home.split_once('-') else { continue };
                for suffix in folders(&self.root.join(&pipeline).join(&home))? {
                    found.extend(self.environment(&pipeline, account, region, &suffix).ok());
                }
            }
        }
        Ok(found)
    }

    /// The newest runs in that region, of every environment there ever was, the newest first.
    ///
    /// # Errors
    /// As [`Folder::list`].
    pub fn newest_runs(&self, region: &str, most: usize) -> Result<Vec<Run>> {
        let mut runs = Vec::new();
        for place in self.places()?.iter().filter(|p| p.region() == region) {
            runs.extend(place.runs()?);
        }
        runs.sort_by_key(|r| std::cmp::Reverse(r.at));
        runs.truncate(most);
        Ok(runs)
    }

    /// The environments of that suffix, in that pipeline or in any. More than one is for the user to choose from.
    ///
    /// # Errors
    /// As [`Folder::list`].
    pub fn find(&self, suffix: &str, pipeline: Option<&str>) -> Result<Vec<Place>> {
        let mut found = self.list()?;
        found.retain(|p| p.suffix() == suffix && pipeline.is_none_or(|wanted| p.pipeline() == wanted));
        Ok(found)
    }

    /// The environments of that suffix that have a history, in that pipeline or in any. It outlives the state, so one that
    /// was removed is among them; where there are others too, it is not.
    ///
    /// # Errors
    /// As [`Folder::list`].
    pub fn remembered(&self, suffix: &str, pipeline: Option<&str>) -> Result<Vec<Place>> {
        let mut found = self.places()?;
        found.retain(|p| p.suffix() == suffix && pipeline.is_none_or(|wanted| p.pipeline() == wanted));
        found.retain(|p| p.exists() || p.runs().is_ok_and(|runs| !runs.is_empty()));
        if found.iter().any(Place::exists) {
            found.retain(Place::exists);
        }
        Ok(found)
    }
}

fn is_safe(part: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !part.is_empty() && !part.starts_with('-') && part.len() <= 128 && part.chars().all(allowed)
}

/// The names of the folders in a folder, sorted. A symbolic link to a folder is one, as for whoever opens it by its name.
fn folders(path: &Path) -> Result<Vec<String>> {
    let failed = |e| StoreError::io("read the folder", path, e);
    let entries = match fs::read_dir(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if fs::metadata(entry.path()).is_ok_and(|found| found.is_dir()) {
            names.extend(entry.file_name().into_string());
        }
    }
    names.sort();
    Ok(names)
}
