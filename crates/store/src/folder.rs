//! The folder of all environments, and lookup in it.
use crate::{
    EnvDir, Result, Run, StoreError,
    disk::{Disk, Local},
    lock,
    place::Key,
};
use std::{
    fmt,
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

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Folder").field(&self.root).finish()
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new(Path::new(".vidpipe"))
    }
}

/// A lock that does not belong to an environment. It is released when the process ends.
#[derive(Debug)]
pub struct Hold(#[allow(dead_code, reason = "held, not used")] File);

impl Folder {
    /// The folder on the local file system. It need not exist.
    pub fn new(root: &Path) -> Self {
        Self::on(root, Rc::new(Local))
    }

    /// The folder, with its files written through `disk`.
    pub fn on(root: &Path, disk: Rc<dyn Disk>) -> Self {
        Self { root: root.into(), disk }
    }

    /// The path of the folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of an environment. It need not exist.
    ///
    /// # Errors
    /// [`StoreError::Name`] when a part could lead out of the folder.
    pub fn environment(&self, pipeline: &str, account: &str, region: &str, suffix: &str) -> Result<EnvDir> {
        let key = Key::new(pipeline, account, region, suffix)?;
        Ok(EnvDir::new(&self.root, key, self.disk.clone()))
    }

    /// Takes the kernel's lock on a file of that name in the folder, and creates the file if it is missing. Returns
    /// `None` if another run holds the lock.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], naming the folder.
    pub fn hold(&self, name: &str) -> Result<Option<Hold>> {
        let held = self.disk.make_folder(&self.root).and_then(|()| lock::hold(&self.root.join(name)));
        Ok(held.map_err(|source| StoreError::Unwritable { path: self.root.clone(), source })?.map(Hold))
    }

    /// Every environment that has a state (whole or damaged), ordered by pipeline, account, region and suffix.
    ///
    /// # Errors
    /// [`StoreError::Io`] when a folder cannot be read. A missing folder is empty.
    pub fn list(&self) -> Result<Vec<EnvDir>> {
        let mut found = self.places()?;
        found.retain(EnvDir::exists);
        Ok(found)
    }

    /// Every environment directory, with or without a state.
    fn places(&self) -> Result<Vec<EnvDir>> {
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

    /// The newest runs in a region, across all environment directories, newest first.
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

    /// The environments with that suffix, in one pipeline or in all. If several match, the user chooses.
    ///
    /// # Errors
    /// As [`Folder::list`].
    pub fn find(&self, suffix: &str, pipeline: Option<&str>) -> Result<Vec<EnvDir>> {
        let mut found = self.list()?;
        found.retain(|p| p.suffix() == suffix && pipeline.is_none_or(|name| p.pipeline() == name));
        Ok(found)
    }

    /// The environments with that suffix that have a history, in one pipeline or in all. The history outlives the
    /// state, so removed environments are included, but only if no environment that matches has a state.
    ///
    /// # Errors
    /// As [`Folder::list`].
    pub fn remembered(&self, suffix: &str, pipeline: Option<&str>) -> Result<Vec<EnvDir>> {
        let mut found = self.places()?;
        found.retain(|p| p.suffix() == suffix && pipeline.is_none_or(|name| p.pipeline() == name));
        found.retain(|p| p.exists() || p.runs().is_ok_and(|runs| !runs.is_empty()));
        if found.iter().any(EnvDir::exists) {
            found.retain(EnvDir::exists);
        }
        Ok(found)
    }
}

/// The names of the folders in a folder, sorted. Includes symbolic links to folders, as opening by name follows them.
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
