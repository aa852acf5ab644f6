//! One look for all who look at the same kind of thing: whoever comes while others wait for their turn goes with them.
use crate::{
    Class, Error, Result,
    run::{having_turn, in_turn_to_look, rest},
};
use futures::future::{FutureExt, Shared};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use tokio::{sync::oneshot, task::yield_now};

/// Looks of one kind, gathered: those that wait for a turn at the same time become one, which shows all of their things.
pub struct Gathered<T> {
    name: String,
    most: usize,
    /// Who looks next comes to this one.
    open: RefCell<Rc<Together<T>>>,
    opened: Cell<u64>,
}

type Seen<T> = std::result::Result<Rc<T>, Rc<Error>>;

struct Together<T> {
    /// All who wait with it have the same turn.
    word: String,
    ids: RefCell<Vec<String>>,
    /// Taken by whoever makes the look.
    tell: Cell<Option<oneshot::Sender<Seen<T>>>>,
    seen: Shared<oneshot::Receiver<Seen<T>>>,
}

impl<T> Together<T> {
    fn new(word: String) -> Rc<Self> {
        let (tell, seen) = oneshot::channel();
        Rc::new(Self { word, ids: RefCell::default(), tell: Cell::new(Some(tell)), seen: seen.shared() })
    }

    fn has(&self, id: &str) -> bool {
        self.ids.borrow().iter().any(|known| known == id)
    }
}

impl<T> Gathered<T> {
    /// Looks of that name, each of which shows so many things at most.
    pub fn new(name: impl Into<String>, most: usize) -> Self {
        let name = name.into();
        let open = RefCell::new(Together::new(name.clone()));
        Self { name, most: most.max(1), open, opened: Cell::default() }
    }

    /// Look at that thing, and at all others at which somebody would look now: what was seen of all of them.
    ///
    /// # Errors
    /// Those of the look. One that does not find one of several things is made again for each of them.
    pub async fn look(&self, id: &str, look: impl AsyncFn(Vec<String>) -> Result<T>) -> Result<Rc<T>> {
        loop {
            let together = self.join(id);
            // Whoever looks at this moment too comes along, also where no turn is waited for.
            yield_now().await;
            in_turn_to_look(Some(&together.word)).await;
            let seen = match together.tell.take() {
                Some(tell) => {
                    self.close(&together);
                    let ids = together.ids.borrow().clone();
                    let seen = having_turn(look(ids)).await.map(Rc::new).map_err(Rc::new);
                    let _ = tell.send(seen.clone());
                    seen
                }
                None => {
                    rest();
                    // Whoever made the look may be stopped.
                    let Ok(seen) = together.seen.clone().await else { continue };
                    seen
                }
            };
            return match seen {
                Err(e) if e.class == Class::NotFound && together.ids.borrow().len() > 1 => {
                    look(vec![id.to_owned()]).await.map(Rc::new)
                }
                Err(e) => Err(Rc::try_unwrap(e).unwrap_or_else(|e| e.again())),
                Ok(seen) => Ok(seen),
            };
        }
    }

    fn join(&self, id: &str) -> Rc<Together<T>> {
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

    fn close(&self, together: &Rc<Together<T>>) {
        let is_open = Rc::ptr_eq(&self.open.borrow(), together);
        if is_open {
            self.next();
        }
    }

    fn next(&self) {
        self.opened.set(self.opened.get() + 1);
        self.open.replace(Together::new(format!("{} {}", self.name, self.opened.get())));
    }
}
