//! Batched reads of one kind of resource: requests that wait for a permit at the same time share one read.
use super::call::{Caller, HAS_READ_PERMIT, Message, acquire_read};
use crate::{Class, Error, Result};
use futures::future::{FutureExt, Shared};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use tokio::{sync::oneshot, task::yield_now};

/// Reads of one kind, in batches: those that wait for a permit at the same time become one, which returns all their
/// resources.
pub struct Batcher<T> {
    name: String,
    most: usize,
    /// The batch that the next read joins.
    open: RefCell<Rc<Batch<T>>>,
    opened: Cell<u64>,
}

type Seen<T> = std::result::Result<Rc<T>, Rc<Error>>;

struct Batch<T> {
    /// All reads of the batch wait for the permit with this name.
    name: String,
    ids: RefCell<Vec<String>>,
    /// Taken by the task that performs the read.
    sender: Cell<Option<oneshot::Sender<Seen<T>>>>,
    seen: Shared<oneshot::Receiver<Seen<T>>>,
}

impl<T> Batch<T> {
    fn new(name: String) -> Rc<Self> {
        let (sender, seen) = oneshot::channel();
        Rc::new(Self { name, ids: RefCell::default(), sender: Cell::new(Some(sender)), seen: seen.shared() })
    }
}

impl<T> Batcher<T> {
    /// Reads with that name, each of which returns at most that many resources.
    pub fn new(name: impl Into<String>, most: usize) -> Self {
        let name = name.into();
        let open = RefCell::new(Batch::new(name.clone()));
        Self { name, most: most.max(1), open, opened: Cell::default() }
    }

    /// Read that resource, together with all others that are to be read now. Returns the result for all of them.
    ///
    /// # Errors
    /// Those of the read. If a batched read returns `NotFound`, it is repeated for each resource alone.
    pub async fn read(&self, id: &str, read: impl AsyncFn(Vec<String>) -> Result<T>) -> Result<Rc<T>> {
        loop {
            let batch = self.join(id);
            // Let reads of the same moment join, even if no permit is waited for.
            yield_now().await;
            acquire_read(Some(&batch.name)).await;
            let seen = match batch.sender.take() {
                Some(sender) => {
                    if Rc::ptr_eq(&self.open.borrow(), &batch) {
                        self.next();
                    }
                    let ids = batch.ids.borrow().clone();
                    // Its first request has the read permit of the batch.
                    let read = HAS_READ_PERMIT.scope(Cell::new(true), read(ids));
                    let seen = read.await.map(Rc::new).map_err(Rc::new);
                    let _ = sender.send(seen.clone());
                    seen
                }
                None => {
                    Caller::send(Message::Idle);
                    // The task that performs the read may be stopped.
                    let Ok(seen) = batch.seen.clone().await else { continue };
                    seen
                }
            };
            return match seen {
                Err(e) if e.class == Class::NotFound && batch.ids.borrow().len() > 1 => {
                    read(vec![id.to_owned()]).await.map(Rc::new)
                }
                Err(e) => Err(Rc::try_unwrap(e).unwrap_or_else(|e| e.again())),
                Ok(seen) => Ok(seen),
            };
        }
    }

    fn join(&self, id: &str) -> Rc<Batch<T>> {
        let has = |batch: &Batch<T>| batch.ids.borrow().iter().any(|known| known == id);
        if !has(&self.open.borrow()) {
            if self.open.borrow().ids.borrow().len() >= self.most {
                self.next();
            }
            self.open.borrow().ids.borrow_mut().push(id.to_owned());
        }
        self.open.borrow().clone()
    }

    /// Open the next batch.
    fn next(&self) {
        self.opened.set(self.opened.get() + 1);
        self.open.replace(Batch::new(format!("{} {}", self.name, self.opened.get())));
    }
}
