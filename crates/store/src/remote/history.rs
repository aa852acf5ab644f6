//! The history of a run in an object store. There is no appending there, so the object is written anew from time to
//! time, as far as the run has come: a machine may be gone at any moment.
use super::{
    RemoteEnv,
    objects::{Condition, Objects, Stamp},
    trash::Trash,
    write::{in_background, rest},
};
use crate::{RunLog, runs};
use jiff::Timestamp;
use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::task::JoinHandle;

/// The time between two writes.
const BETWEEN: Duration = Duration::from_secs(20);

/// The history of a run while it is written. Best effort: nothing waits for it, and no failure stops a run.
pub struct History {
    env: RemoteEnv,
    upload: Arc<Upload>,
    task: JoinHandle<()>,
}

struct Upload {
    objects: Arc<dyn Objects>,
    key: String,
    trash: Trash,
    bytes: Arc<Mutex<Vec<u8>>>,
    written: tokio::sync::Mutex<Written>,
}

/// The object as it was last written.
#[derive(Default)]
struct Written {
    len: usize,
    stamp: Option<Stamp>,
}

/// Collects what is to be written.
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl History {
    pub(crate) fn begin(env: &RemoteEnv, command: &str, now: Timestamp) -> (RunLog, Self) {
        let name = runs::name_of(now, command);
        let (key, bytes) = (env.object(&format!("runs/{name}")), Arc::default());
        let log = RunLog::to(Box::new(Buffer(Arc::clone(&bytes))), &env.bucket.url(&key), command, now);
        let objects = Arc::clone(&env.bucket.objects);
        let trash = Trash::new(&key);
        let upload = Arc::new(Upload { objects, key, trash, bytes, written: tokio::sync::Mutex::default() });
        let task = in_background(Arc::clone(&upload).from_time_to_time());
        (log, Self { env: env.clone(), upload, task })
    }

    /// Writes what is not written yet, and deletes the oldest runs of the environment if there are too many.
    ///
    /// # Errors
    /// The message of the store: the history may then lack its end.
    pub async fn end(self) -> Result<(), String> {
        let Self { env, .. } = &self;
        self.task.abort();
        let written = self.upload.write().await;
        self.upload.trash.empty(&*self.upload.objects).await;
        for run in env.runs().await.unwrap_or_default().iter().skip(runs::KEPT) {
            let _ = self.upload.objects.delete(&env.object(&format!("runs/{}", run.name())), None).await;
        }
        written
    }
}

impl Drop for History {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Upload {
    async fn from_time_to_time(self: Arc<Self>) {
        loop {
            rest(BETWEEN).await;
            let _ = self.write().await;
        }
    }

    async fn write(&self) -> Result<(), String> {
        let mut written = self.written.lock().await;
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let len = bytes.len();
        if len == written.len {
            return Ok(());
        }
        let put = self.objects.put(&self.key, bytes, &Condition::Always, "history");
        let stamp = put.await.map_err(|fault| fault.to_string())?;
        if let Some(replaced) = written.stamp.replace(stamp) {
            self.trash.add(&replaced);
        }
        written.len = len;
        Ok(())
    }
}
