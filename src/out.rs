//! Writes stdout and stderr, on one thread each: a reader that stops reading blocks nothing, and a reader that closes
//! the pipe is reported at the end.
use queue::{Queue, Trouble};
use std::{
    fs::File,
    io::{self, Write},
    mem::take,
    os::fd::AsFd,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

mod queue;

/// How long to wait for a stream whose reader reads nothing.
const MOMENT: Duration = Duration::from_secs(1);
/// How often a wait for a stream checks its condition.
const GLANCE: Duration = Duration::from_millis(20);

/// One of the two output streams.
pub(crate) struct Outlet {
    name: &'static str,
    is_data: bool,
    queue: Mutex<Queue>,
    moved: Condvar,
}

static STDOUT: Outlet = Outlet::new("stdout", true);
static STDERR: Outlet = Outlet::new("stderr", false);

/// The stream for data.
pub(crate) fn stdout() -> &'static Outlet {
    &STDOUT
}

/// The stream for everything else.
pub(crate) fn stderr() -> &'static Outlet {
    &STDERR
}

impl Outlet {
    const fn new(name: &'static str, is_data: bool) -> Self {
        Self { name, is_data, queue: Mutex::new(Queue::new()), moved: Condvar::new() }
    }

    /// A writer whose bytes are sent as one piece when it is flushed or dropped. It never fails and never waits.
    pub(crate) fn writer(&'static self) -> Writer {
        Writer { to: self, bytes: Vec::new() }
    }

    /// Writes the bytes after everything the other stream still has to write, so that both make sense on one terminal.
    pub(crate) fn say(&'static self, bytes: &[u8]) {
        let other = if self.is_data { &STDERR } else { &STDOUT };
        // After a wait that timed out, do not wait for that stream again until it makes progress.
        if !other.queue().stuck && !other.drained(|unmoved| unmoved < MOMENT) {
            other.queue().stuck = true;
        }
        self.send(bytes.to_vec());
    }

    /// Whether output is still to be written: another frame would be useless then.
    pub(crate) fn is_behind(&self) -> bool {
        !self.queue().is_empty()
    }

    /// Waits until all is written, for as long as `may_wait` allows. It is given the time without progress.
    pub(crate) fn finish(&self, may_wait: impl Fn(Duration) -> bool) -> Option<Trouble> {
        self.drained(may_wait);
        self.queue().end(self.name)
    }

    /// The stream as a file, without the standard library's buffer, which a stalled write would keep locked.
    fn file(&self) -> io::Result<File> {
        let (out, err) = (io::stdout(), io::stderr());
        let fd = if self.is_data { out.as_fd() } else { err.as_fd() };
        Ok(fd.try_clone_to_owned()?.into())
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&'static self, bytes: Vec<u8>) {
        let mut queue = self.queue();
        queue.push(bytes);
        if !take(&mut queue.is_new) {
            self.moved.notify_all();
            return;
        }
        let carrier =
            self.file().and_then(|to| thread::Builder::new().name(self.name.into()).spawn(move || self.carry(to)));
        if let Err(e) = carrier {
            queue.fail(e);
        }
    }

    /// Waits until all is written. Returns whether it is.
    fn drained(&self, may_wait: impl Fn(Duration) -> bool) -> bool {
        let (mut queue, mut since) = (self.queue(), Instant::now());
        let mut written = queue.written;
        while !queue.is_empty() {
            if queue.written != written {
                (written, since) = (queue.written, Instant::now());
            }
            if !may_wait(since.elapsed()) {
                return false;
            }
            queue = self.moved.wait_timeout(queue, GLANCE).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Writes the queued pieces for as long as the process lives.
    fn carry(&self, mut to: File) {
        loop {
            let bytes = {
                let waiting = self.moved.wait_while(self.queue(), |queue| !queue.take_next());
                waiting.unwrap_or_else(PoisonError::into_inner).in_hand.clone()
            };
            let done = self.put(&mut to, &bytes);
            let mut queue = self.queue();
            queue.in_hand.clear();
            if let Err(e) = done {
                queue.fail(e);
            }
            self.moved.notify_all();
        }
    }

    fn put(&self, to: &mut File, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match to.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(some) => {
                    bytes = &bytes[some..];
                    self.queue().moved(some);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // Another process that shares the file has made it non-blocking.
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => rest(),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

#[allow(clippy::disallowed_methods, reason = "a thread of its own, by which no work is done")]
fn rest() {
    thread::sleep(GLANCE);
}

/// See [`Outlet::writer`].
pub(crate) struct Writer {
    to: &'static Outlet,
    bytes: Vec<u8>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.bytes.is_empty() {
            self.to.send(take(&mut self.bytes));
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}
