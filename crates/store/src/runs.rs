//! The history of runs: each run's events, as JSON lines.
//!
//! The history is for people and reports. No decision depends on it, so a failure to write it does not stop a run.
use crate::{
    Result, StoreError,
    disk::{self, Disk, Local},
    files,
    remote::RemoteEnv,
};
use jiff::{SignedDuration, Timestamp, fmt::strtime, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{
    cell::RefCell,
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    rc::Rc,
};
use vidpipe_engine::event::{Event, Report, SCHEMA};

/// The maximum number of runs kept.
pub(crate) const KEPT: usize = 50;
/// The operation named in read errors.
pub(crate) const READING: &str = "read the history of a run from";
/// An upper bound for the size of a history file. A run of several days writes less.
const LARGEST: u64 = 256 << 20;
const STAMP: &str = "%Y%m%dT%H%M%S%.3fZ";

#[derive(Serialize)]
struct Head<'a> {
    schema: u32,
    command: &'a str,
    at: Timestamp,
    tool: &'static str,
}

/// One event of a run, with its timestamp.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// The time of the event.
    pub at: Timestamp,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

/// [`Recorded`], borrowed for serialization.
#[derive(Serialize)]
struct Line<'a> {
    at: Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

/// Appends each event of a run to a file immediately, so that the history survives a killed run. Clones write to the
/// same file.
#[derive(Clone)]
pub struct RunLog(Rc<RefCell<Open>>);

struct Open {
    path: PathBuf,
    file: Result<Box<dyn Write>, Option<io::Error>>,
}

impl RunLog {
    pub(crate) fn open(folder: &Path, command: &str, now: Timestamp) -> Self {
        let (path, file) = match begin(folder, command, now) {
            Ok((path, file)) => (path, Ok(Box::new(file) as Box<dyn Write>)),
            Err(e) => (folder.into(), Err(Some(e))),
        };
        Self(Rc::new(RefCell::new(Open { path, file })))
    }

    /// Records to `file`, which messages call `name`.
    pub(crate) fn to(mut file: Box<dyn Write>, name: &str, command: &str, now: Timestamp) -> Self {
        let begun = append(&mut file, &Head { schema: SCHEMA, command, at: now, tool: env!("CARGO_PKG_VERSION") });
        let file = begun.map(|()| file).map_err(Some);
        Self(Rc::new(RefCell::new(Open { path: name.into(), file })))
    }

    /// The error that stopped the history from being written; returned once. The history ends at that point.
    pub fn trouble(&self) -> Option<StoreError> {
        let open = &mut *self.0.borrow_mut();
        let source = open.file.as_mut().err()?.take()?;
        Some(StoreError::io("write the history of the run to", &open.path, source))
    }
}

impl Report for RunLog {
    fn on(&mut self, at: Timestamp, event: &Event) {
        let open = &mut *self.0.borrow_mut();
        let Ok(file) = &mut open.file else { return };
        if let Err(e) = append(file, &Line { at, event }) {
            open.file = Err(Some(e));
        }
    }
}

fn begin(folder: &Path, command: &str, now: Timestamp) -> io::Result<(PathBuf, File)> {
    Local.make_folder(folder)?;
    let runs = Run::list(folder).map_err(io::Error::other)?;
    // The new run always has the newest stamp, even if the clock was set back, so it is never among the runs that are
    // deleted.
    let after = |last: &Run| last.at.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
    let mut at = runs.first().map_or(now, |last| after(last).max(now));
    let (path, mut file) = loop {
        let path = folder.join(name_of(at, command));
        match disk::private().append(true).create_new(true).open(&path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => at += SignedDuration::from_millis(1),
            other => break (path, other?),
        }
    };
    append(&mut file, &Head { schema: SCHEMA, command, at: now, tool: env!("CARGO_PKG_VERSION") })?;
    for old in runs.iter().skip(KEPT - 1) {
        fs::remove_file(&old.path)?;
    }
    Ok((path, file))
}

/// The name of the history of a run that began then.
pub(crate) fn name_of(at: Timestamp, command: &str) -> String {
    format!("{}-{command}.jsonl", at.strftime(STAMP))
}

fn append(file: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    let mut text = vidpipe_text::json(&serde_json::to_string(line)?);
    text.push('\n');
    file.write_all(text.as_bytes())
}

/// A recorded run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its history file.
    pub path: PathBuf,
    /// Its start time, to the millisecond. If the previous run appears to have started later, just after that.
    pub at: Timestamp,
    /// Its command, such as `up`.
    pub command: String,
    /// The environment it is an object of; `None` if it is a file.
    remote: Option<RemoteEnv>,
}

impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Run {}

impl Run {
    pub(crate) fn list(folder: &Path) -> Result<Vec<Self>> {
        let failed = |e| StoreError::io("read the folder", folder, e);
        let entries = match fs::read_dir(folder) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(failed)?,
        };
        let paths: Vec<PathBuf> = entries.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>().map_err(failed)?;
        let mut runs: Vec<Self> = paths.into_iter().filter_map(Self::named).collect();
        runs.sort_by_key(|r| std::cmp::Reverse(r.at));
        Ok(runs)
    }

    /// Its identifier: the timestamp in its file's name, such as `20261128T184210.123Z`. It is unique.
    pub fn stamp(&self) -> &str {
        self.name().split_once('-').map_or("", |(stamp, _)| stamp)
    }

    /// Selects from the runs, newest first, by a number or by a prefix of the stamp. A number of at most two digits
    /// counts back: 1 is the newest.
    pub fn meant<'a>(runs: &'a [Self], word: &str) -> Vec<&'a Self> {
        let digits = (1..=2).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
        match word.parse::<usize>() {
            Ok(number) if digits => number.checked_sub(1).and_then(|n| runs.get(n)).into_iter().collect(),
            _ if word.is_empty() => Vec::new(),
            _ => runs.iter().filter(|r| r.stamp().starts_with(word)).collect(),
        }
    }

    fn named(path: PathBuf) -> Option<Self> {
        let (stamp, command) = path.file_name()?.to_str()?.strip_suffix(".jsonl")?.split_once('-')?;
        let at = strtime::parse(STAMP, stamp).ok()?.to_datetime().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let command = command.into();
        Some(Self { path, at, command, remote: None })
    }

    /// The run whose history is the object of that name.
    pub(crate) fn remote(env: &RemoteEnv, name: &str) -> Option<Self> {
        let path = format!("{}/runs/{name}", env.label());
        Some(Self { remote: Some(env.clone()), ..Self::named(path.into())? })
    }

    /// The name of its history.
    pub(crate) fn name(&self) -> &str {
        self.path.file_name().and_then(|n| n.to_str()).unwrap_or_default()
    }

    /// Its events. A last line that was truncated by a kill is skipped.
    ///
    /// # Errors
    /// [`StoreError::Remote`] when the object store does not answer, and those of [`Run::events`].
    pub async fn load(&self) -> Result<Vec<Recorded>> {
        self.decode(self.bytes().await?)
    }

    /// The content of its history.
    pub(crate) async fn bytes(&self) -> Result<Vec<u8>> {
        match &self.remote {
            Some(env) => env.read_object(&env.object(&format!("runs/{}", self.name()))).await,
            None => files::read(&self.path, LARGEST).map_err(|e| StoreError::io(READING, &self.path, e)),
        }
    }

    /// The events in its file. A last line that was truncated by a kill is skipped.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the file cannot be read, or a newer vidpipe wrote it.
    pub fn events(&self) -> Result<Vec<Recorded>> {
        self.decode(files::read(&self.path, LARGEST).map_err(|e| StoreError::io(READING, &self.path, e))?)
    }

    fn decode(&self, bytes: Vec<u8>) -> Result<Vec<Recorded>> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let failed = |e| StoreError::io(READING, &self.path, e);
        let text = String::from_utf8(bytes).map_err(|e| failed(io::Error::new(ErrorKind::InvalidData, e)))?;
        let mut lines = text.split_inclusive('\n').filter(|l| l.ends_with('\n'));
        let Some(head) = lines.next() else { return Ok(Vec::new()) };
        let version: Version = serde_json::from_str(head).map_err(|e| failed(e.into()))?;
        if version.schema > SCHEMA {
            let what = format!("it has schema {}; this build knows schemas up to {SCHEMA}", version.schema);
            return Err(failed(io::Error::new(ErrorKind::Unsupported, what)));
        }
        lines.map(|l| serde_json::from_str(l).map_err(|e| failed(e.into()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vidpipe_engine::event::Halt;

    /// A writer that accepts that many writes, then reports a full disk.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_disk_that_fills_up_ends_the_history_and_not_the_run() {
        let mut log = RunLog(Rc::new(RefCell::new(Open { path: "run".into(), file: Ok(Box::new(Full(2))) })));
        for reported in [false, false, true, false] {
            log.on(Timestamp::UNIX_EPOCH, &Event::Stopping { why: Halt::Asked });
            assert_eq!(log.trouble().is_some(), reported);
        }
    }
}
