//! The live view on a terminal.
//!
//! The pure function [`frame`] renders the content; this module only draws frames on the terminal and erases them. It
//! uses only the control sequences of `crossterm`, which is the standard library for them, supports Windows consoles
//! and leaves the layout to the caller. Frameworks with their own viewport query the terminal for the cursor position,
//! which would consume keyboard input meant for the prompt; progress-bar libraries own their rows, whereas a frame here
//! is a single text.
mod frame;
mod head;

pub use frame::frame;

use crate::{
    Progress, TermStyle, Tick, Tone,
    text::{clean, duration, line, width},
    words,
};
use crossterm::{cursor, queue, terminal};
use jiff::Timestamp;
use std::io::{self, Write};
use vidpipe_engine::event::{Event, Fault, Report};

/// Redraws the tasks under way at every tick; finished tasks scroll up as single lines.
///
/// Hides the cursor while active; dropping it erases the view and restores the cursor. If the terminal closes, the run
/// continues and nothing more is written.
pub struct Live {
    out: Option<Box<dyn Write>>,
    style: TermStyle,
    progress: Progress,
    /// Lines of finished tasks that are not written yet.
    over: Vec<String>,
    /// The widths of the lines of the frame currently on the terminal.
    drawn: Vec<usize>,
    /// Whether the cursor is hidden and must be restored.
    hidden: bool,
}

impl Live {
    /// Creates a view on that terminal.
    pub fn new(out: Box<dyn Write>, style: TermStyle) -> Self {
        Self { out: Some(out), style, progress: Progress::new(), over: Vec::new(), drawn: Vec::new(), hidden: false }
    }

    fn draw(&mut self, frame: &[String], widths: Vec<usize>) {
        let Some(out) = &mut self.out else { return };
        // A terminal that became narrower has wrapped the lines drawn before.
        let rows: usize = self.drawn.iter().map(|w| w.div_ceil(self.style.width.max(1)).max(1)).sum();
        if redraw(out, rows, self.over.iter().chain(frame), self.style.colour, self.hidden).is_err() {
            self.out = None;
        }
        self.over.clear();
        (self.drawn, self.hidden) = (widths, true);
    }

    /// Erases the view and restores the cursor.
    fn close(&mut self) {
        self.draw(&[], Vec::new());
        if let Some(out) = &mut self.out
            && std::mem::take(&mut self.hidden)
            && queue!(out, cursor::Show).and_then(|()| out.flush()).is_err()
        {
            self.out = None;
        }
    }

    /// The permanent line for an event, if it has one.
    fn left_by(&self, event: &Event) -> Option<String> {
        let line =
            |tone, verb: &str, rest: String| Some(format!("{} {rest}", self.style.paint(tone, &format!("{verb:>12}"))));
        match event {
            Event::Finished { node, op, changed, took, .. } => {
                let task = self.progress.task(node, *op);
                let verb = task.map_or("done", |t| words::done(t.action, *op, *changed));
                let kind = task.map(|t| t.kind.as_str()).filter(|k| !k.is_empty()).map(|k| format!(" ({k})"));
                line(Tone::Good, verb, format!("{node}{} in {}", kind.unwrap_or_default(), duration(*took)))
            }
            Event::Theirs { node, id, ours, theirs, .. } => {
                let error_line = words::theirs(&clean(id), &clean(ours), &clean(theirs));
                line(Tone::Warn, "left alone", format!("{node}: {error_line}"))
            }
            Event::Failed { node, error, .. } => line(Tone::Bad, "FAILED", format!("{node}: {}", error_line(error))),
            Event::Skipped { node, because, .. } => line(Tone::Warn, "skipped", format!("{node}: {because} failed")),
            Event::Stopping { why } => line(Tone::Warn, "stopping", words::stopping(*why).into()),
            Event::Sweeping { why } => line(Tone::Busy, "sweeping", clean(why)),
            _ => None,
        }
    }
}

fn error_line(e: &Fault) -> String {
    let code = e.code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
    clean(&format!("{code}{}", e.message))
}

fn redraw<'a>(
    out: &mut impl Write,
    rows: usize,
    lines: impl Iterator<Item = &'a String>,
    coloured: bool,
    hidden: bool,
) -> io::Result<()> {
    queue!(out, terminal::BeginSynchronizedUpdate)?;
    if !hidden {
        queue!(out, cursor::Hide)?;
    }
    if rows > 0 {
        let up = u16::try_from(rows).unwrap_or(u16::MAX);
        queue!(out, cursor::MoveToPreviousLine(up), terminal::Clear(terminal::ClearType::FromCursorDown))?;
    }
    for text in lines {
        writeln!(out, "{}", line(text, coloured))?;
    }
    queue!(out, terminal::EndSynchronizedUpdate)?;
    out.flush()
}

impl Report for Live {
    fn on(&mut self, at: Timestamp, event: &Event) {
        self.progress.on(at, event);
        self.over.extend(self.left_by(event));
        if matches!(event, Event::Ended { .. } | Event::Sweeping { .. }) {
            self.close();
        }
    }
}

impl Tick for Live {
    fn tick(&mut self, now: Timestamp) {
        if self.progress.began.is_none() || self.progress.took.is_some() {
            return;
        }
        self.progress.tick(now);
        let plain = frame(&self.progress, now, &TermStyle { colour: false, ..self.style });
        let widths = plain.iter().map(|line| width(line)).collect();
        if self.style.colour {
            self.draw(&frame(&self.progress, now, &self.style), widths);
        } else {
            self.draw(&plain, widths);
        }
    }

    fn resize(&mut self, width: usize, height: usize) {
        (self.style.width, self.style.height) = (width, height);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if self.hidden || !self.over.is_empty() {
            self.close();
        }
    }
}
