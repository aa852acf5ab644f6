//! What the user sees: which reporter suits the terminal, and the report crate's renderings with the look that fits.
use crate::cli::{Global, Output};
use std::{
    cell::RefCell,
    env,
    io::{self, IsTerminal},
    rc::Rc,
};
use vidpipe_engine::event::{Event, Report};
use vidpipe_report::{JsonLines, Live, Look, Plain, Progress, Screen as Shown, Tick};

/// What a run shows while it goes on, and what it has to say when it is over.
#[derive(Clone)]
pub(crate) struct Screen {
    shown: Rc<RefCell<Vec<Shown>>>,
    progress: Rc<RefCell<Progress>>,
}

impl Screen {
    /// The live view on a terminal, plain lines elsewhere, and events on stdout for a program that wants them.
    pub(crate) fn new(global: &Global) -> Self {
        let look = on_stderr();
        // Lines of a log would run through the live view.
        let alone = !global.logging.is_on_stderr();
        let live = global.output == Output::Human && io::stderr().is_terminal() && !is_ci() && alone;
        let people = match live {
            true => Shown::new(Live::new(Box::new(io::stderr()), look)),
            false => Shown::new(Plain::new(Box::new(io::stderr()), look)),
        };
        let mut shown = vec![people];
        if global.output == Output::Jsonl {
            shown.push(Shown::new(JsonLines::new(Box::new(io::stdout()))));
        }
        Self { shown: Rc::new(RefCell::new(shown)), progress: Rc::default() }
    }

    /// Time passes.
    pub(crate) fn tick(&self, now: jiff::Timestamp) {
        for shown in self.shown.borrow_mut().iter_mut() {
            shown.tick(now);
        }
    }

    /// Take the live view off the terminal.
    pub(crate) fn close(&self) {
        self.shown.borrow_mut().clear();
    }

    /// What happened so far.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }
}

impl Report for Screen {
    fn on(&mut self, at: jiff::Timestamp, event: &Event) {
        self.progress.borrow_mut().on(at, event);
        for shown in self.shown.borrow_mut().iter_mut() {
            shown.on(at, event);
        }
    }
}

/// How stdout looks: data for people.
pub(crate) fn on_stdout() -> Look {
    look(io::stdout().is_terminal())
}

/// How stderr looks.
pub(crate) fn on_stderr() -> Look {
    look(io::stderr().is_terminal())
}

fn look(terminal: bool) -> Look {
    let plain = Look::default();
    let (width, height) = match crossterm::terminal::size() {
        Ok((width, height)) if terminal => (usize::from(width), usize::from(height)),
        _ => (plain.width, plain.height),
    };
    let colour = terminal && env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    Look { colour, width, height }
}

fn is_ci() -> bool {
    env::var("CI").is_ok_and(|v| !v.is_empty() && v != "false" && v != "0")
}
