//! Shares a reporter between the run, which sends it events, and the binary, which sends it ticks.
use jiff::Timestamp;
use std::{cell::RefCell, rc::Rc};
use vidpipe_engine::event::{Event, Report};

/// A reporter that also shows time passing. Call `tick` four to ten times a second.
pub trait Tick {
    /// Updates the current time.
    fn tick(&mut self, now: Timestamp);

    /// Updates the size of the terminal, in columns and rows. Does nothing by default.
    fn resize(&mut self, _width: usize, _height: usize) {}
}

trait Shown: Report + Tick {}
impl<R: Report + Tick> Shown for R {}

/// A reporter that can be given to the run and ticked at the same time. Clones share the same reporter.
#[derive(Clone)]
pub struct Screen(Rc<RefCell<dyn Shown>>);

impl Screen {
    /// Shares that reporter.
    pub fn new(reporter: impl Report + Tick + 'static) -> Self {
        Self(Rc::new(RefCell::new(reporter)))
    }
}

impl Report for Screen {
    fn on(&mut self, at: Timestamp, event: &Event) {
        self.0.borrow_mut().on(at, event);
    }
}

impl Tick for Screen {
    fn tick(&mut self, now: Timestamp) {
        self.0.borrow_mut().tick(now);
    }

    fn resize(&mut self, width: usize, height: usize) {
        self.0.borrow_mut().resize(width, height);
    }
}
