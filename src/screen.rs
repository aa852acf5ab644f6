//! The terminal output: picks the reporter and the style that suit the terminal. The report crate renders.
use crate::{
    args::{Global, Output},
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
use vidpipe_report::{JsonLines, Live, Plain, Progress, Screen as Shown, TermStyle, Tick};

/// Shows the progress of a run, and collects it for the summary.
#[derive(Clone)]
pub(crate) struct Screen {
    outputs: Rc<RefCell<Vec<Shown>>>,
    progress: Rc<RefCell<Progress>>,
}

impl Screen {
    /// A live view on a terminal, plain lines otherwise, and for `jsonl` events on stdout.
    pub(crate) fn new(global: &Global) -> Self {
        let style = on_stderr();
        // Log lines would break the live view.
        let alone = !global.logging.is_on_stderr();
        let live = global.output == Output::Human && io::stderr().is_terminal() && !is_ci() && alone;
        let people = match live {
            true => Shown::new(Live::new(Box::new(out::stderr().writer()), style)),
            false => Shown::new(Plain::new(Box::new(out::stderr().writer()), style)),
        };
        let mut outputs = vec![people];
        if global.output == Output::Jsonl {
            outputs.push(Shown::new(JsonLines::new(Box::new(out::stdout().writer()))));
        }
        Self { outputs: Rc::new(RefCell::new(outputs)), progress: Rc::default() }
    }

    /// Updates the view. A terminal that is behind is skipped; the next frame shows what it missed.
    pub(crate) fn tick(&self, now: jiff::Timestamp) {
        if out::stderr().is_behind() {
            return;
        }
        if let Some((width, height)) = size(io::stderr()) {
            self.outputs.borrow_mut().iter_mut().for_each(|output| output.resize(width, height));
        }
        for output in self.outputs.borrow_mut().iter_mut() {
            output.tick(now);
        }
    }

    /// Removes the live view from the terminal.
    pub(crate) fn close(&self) {
        self.outputs.borrow_mut().clear();
    }

    /// The progress so far.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }
}

impl Report for Screen {
    fn on(&mut self, at: jiff::Timestamp, event: &Event) {
        self.progress.borrow_mut().on(at, event);
        for output in self.outputs.borrow_mut().iter_mut() {
            output.on(at, event);
        }
    }
}

/// The style of stdout.
pub(crate) fn on_stdout() -> TermStyle {
    style(io::stdout())
}

/// The style of stderr.
pub(crate) fn on_stderr() -> TermStyle {
    style(io::stderr())
}

fn style(stream: impl IsTerminal + AsFd) -> TermStyle {
    let (plain, terminal) = (TermStyle::default(), stream.is_terminal());
    let (width, height) = size(stream).unwrap_or((plain.width, plain.height));
    let colour = terminal && env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    TermStyle { colour, width, height }
}

/// The columns and rows of the terminal, if it is one and reports them.
fn size(stream: impl AsFd) -> Option<(usize, usize)> {
    let (Width(columns), Height(rows)) = terminal_size_of(stream)?;
    (columns > 0 && rows > 0).then(|| (columns.into(), rows.into()))
}

fn is_ci() -> bool {
    env::var("CI").is_ok_and(|v| !v.is_empty() && v != "false" && v != "0")
}
