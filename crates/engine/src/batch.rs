//! Batched reads of one kind of resource: requests that wait for a permit at the same time share one read.
use crate::{
    Class, Error, Result,
    run::{acquire_read, rest, with_permit},
};
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
    /// All reads of the batch wait for the permit with this word.
    word: String,
    ids: RefCell<Vec<String>>,
    /// Taken by the task that performs the read.
    tell: Cell<Option<oneshot::Sender<Seen<T>>>>,
    seen: Shared<oneshot::Receiver<Seen<T>>>,
}

impl<T> Batch<T> {
    fn new(word: String) -> Rc<Self> {
        let (tell, seen) = oneshot::channel();
        Rc::new(Self { word, ids: RefCell::default(), tell: Cell::new(Some(tell)), seen: seen.shared() })
    }

    fn has(&self, id: &str) -> bool {
        self.ids.borrow().iter().any(|known| known == id)
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
            let together = self.join(id);
            // Let reads of the same moment join, even if no permit is waited for.
            yield_now().await;
            acquire_read(Some(&together.word)).await;
            let seen = match together.tell.take() {
                Some(tell) => {
                    self.close(&together);
                    let ids = together.ids.borrow().clone();
                    let seen = with_permit(read(ids)).await.map(Rc::new).map_err(Rc::new);
                    let _ = tell.send(seen.clone());
                    seen
                }
                None => {
                    rest();
                    // The task that performs the read may be stopped.
                    let Ok(seen) = together.seen.clone().await else { continue };
                    seen
                }
            };
            return match seen {
                Err(e) if e.class == Class::NotFound && together.ids.borrow().len() > 1 => {
                    read(vec![id.to_owned()]).await.map(Rc::new)
                }
                Err(e) => Err(Rc::try_unwrap(e).unwrap_or_else(|e| e.again())),
                Ok(seen) => Ok(seen),
            };
        }
    }

    fn join(&self, id: &str) -> Rc<Batch<T>> {
        let together = self.open.borrow().clone();
        if together.has(id) {
            return together;
        }
        if together.ids.borrow().len() >= self.most {
            self.next();
            return self.join(id);
        }
        together.ids.borrow_mut().push(id.to_owned());
        together
    }

    fn close(&self, together: &Rc<Batch<T>>) {
        let is_open = Rc::ptr_eq(&self.open.borrow(), together);
        if is_open {
            self.next();
        }
    }

    fn next(&self) {
        self.opened.set(self.opened.get() + 1);
        self.open.replace(Batch::new(format!("{} {}", self.name, self.opened.get())));
    }
}
