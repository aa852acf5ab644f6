//! What the user sees: which reporter suits the terminal, and the report crate's renderings with the look that fits.
use crate::{
    cli::{Global, Output},
    out,
};
use std::{
    cell::RefCell,
    env,
    io::{self, IsTerminal},
    os::fd::AsFd,
    rc::Rc,
};
use terminal_size::{Height, Width, terminal_size_of};
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
            true => Shown::new(Live::new(Box::new(out::stderr().writer()), look)),
            false => Shown::new(Plain::new(Box::new(out::stderr().writer()), look)),
        };
        let mut shown = vec![people];
        if global.output == Output::Jsonl {
            shown.push(Shown::new(JsonLines::new(Box::new(out::stdout().writer()))));
        }
        Self { shown: Rc::new(RefCell::new(shown)), progress: Rc::default() }
    }

    /// Time passes. A terminal that takes no more is spared the pictures; the next one shows what it missed.
    pub(crate) fn tick(&self, now: jiff::Timestamp) {
        if out::stderr().is_behind() {
            return;
        }
        if let Some((width, height)) = size(io::stderr()) {
            self.shown.borrow_mut().iter_mut().for_each(|shown| shown.resize(width, height));
        }
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
    look(io::stdout())
}

/// How stderr looks.
pub(crate) fn on_stderr() -> Look {
    look(io::stderr())
}

fn look(stream: impl IsTerminal + AsFd) -> Look {
    let (plain, terminal) = (Look::default(), stream.is_terminal());
    let (width, height) = size(stream).unwrap_or((plain.width, plain.height));
    let colour = terminal && env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    Look { colour, width, height }
}

/// The columns and rows of that terminal, if it is one and says so.
fn size(stream: impl AsFd) -> Option<(usize, usize)> {
    let (Width(columns), Height(rows)) = terminal_size_of(stream)?;
    (columns > 0 && rows > 0).then(|| (columns.into(), rows.into()))
}

fn is_ci() -> bool {
    env::var("CI").is_ok_and(|v| !v.is_empty() && v != "false" && v != "0")
}
