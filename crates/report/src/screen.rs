//! Sharing a reporter between the run, which tells it what happens, and the binary, which tells it that time passes.
use jiff::Timestamp;
use std::{cell::RefCell, rc::Rc};
use vidpipe_engine::event::{Event, Report};

/// A reporter that also shows time passing. Call it four to ten times a second.
pub trait Tick {
    /// It is now that late.
    fn tick(&mut self, now: Timestamp);

    /// The terminal has that many columns and rows now. Whoever draws no picture has no use for it.
    fn resize(&mut self, _width: usize, _height: usize) {}
}

trait Shown: Report + Tick {}
impl<R: Report + Tick> Shown for R {}

/// A reporter that can be given to the run and kept for ticking at the same time. Clones are the same reporter.
#[derive(Clone)]
pub struct Screen(Rc<RefCell<dyn Shown>>);

impl Screen {
    /// Share that reporter.
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
