//! The one live view on a terminal.
//!
//! What it shows is the pure function [`frame`]; here is only how a frame gets onto the terminal and off it again.
//! `crossterm` supplies the control sequences and nothing else of it is used: it is the field's library for them, works
//! on Windows consoles too, and leaves the layout to us. Frameworks with a viewport of their own ask the terminal where
//! the cursor is, and so would take the keyboard from the prompt; progress-bar libraries own their rows, and a frame here
//! is one text.
mod frame;
mod head;

pub use frame::frame;

use crate::{
    Look, Progress, Tick, Tone,
    text::{clean, duration, width},
    words,
};
use crossterm::{cursor, queue, terminal};
use jiff::Timestamp;
use std::io::{self, Write};
use vidpipe_engine::event::{Event, Fault, Report};

/// Redraws what is under way at every tick; what is over goes up and away as single lines.
///
/// The cursor is hidden meanwhile; dropping it erases the view and gives the cursor back. A terminal that goes away
/// does not stop the run: nothing more is written then.
pub struct Live {
    out: Option<Box<dyn Write>>,
    look: Look,
    progress: Progress,
    /// Lines that are over and not written yet.
    over: Vec<String>,
    /// The widths of the lines of the frame that is on the terminal.
    drawn: Vec<usize>,
    /// Whether the cursor is ours to give back.
    hidden: bool,
}

impl Live {
    /// A view on that terminal.
    pub fn new(out: Box<dyn Write>, look: Look) -> Self {
        Self { out: Some(out), look, progress: Progress::new(), over: Vec::new(), drawn: Vec::new(), hidden: false }
    }

    fn draw(&mut self, frame: &[String], widths: Vec<usize>) {
        let Some(out) = &mut self.out else { return };
        // A terminal made narrower has wrapped what was drawn.
        let rows: usize = self.drawn.iter().map(|w| w.div_ceil(self.look.width.max(1)).max(1)).sum();
        if redraw(out, rows, &self.over, frame, self.hidden).is_err() {
            self.out = None;
        }
        self.over.clear();
        (self.drawn, self.hidden) = (widths, true);
    }

    /// Take the view off the terminal and give the cursor back.
    fn close(&mut self) {
        self.draw(&[], Vec::new());
        if let Some(out) = &mut self.out
            && std::mem::take(&mut self.hidden)
            && queue!(out, cursor::Show).and_then(|()| out.flush()).is_err()
        {
            self.out = None;
        }
    }

    /// The line an event leaves behind, if it leaves one.
    fn left_by(&self, event: &Event) -> Option<String> {
        let line =
            |tone, verb: &str, rest: String| Some(format!("{} {rest}", self.look.paint(tone, &format!("{verb:>12}"))));
        match event {
            Event::Finished { node, half, changed, took, .. } => {
                let task = self.progress.task(node, *half);
                let verb = task.map_or("done", |t| words::done(t.action, *half, *changed));
                let kind = task.map(|t| t.kind.as_str()).filter(|k| !k.is_empty()).map(|k| format!(" ({k})"));
                line(Tone::Good, verb, format!("{node}{} in {}", kind.unwrap_or_default(), duration(*took)))
            }
            Event::Failed { node, error, .. } => line(Tone::Bad, "FAILED", format!("{node}: {}", said(error))),
            Event::Skipped { node, because, .. } => line(Tone::Warn, "skipped", format!("{node}: {because} failed")),
            Event::Stopping { why } => line(Tone::Warn, "stopping", words::stopping(*why).into()),
            Event::Sweeping { why } => line(Tone::Busy, "sweeping", clean(why)),
            _ => None,
        }
    }
}

fn said(e: &Fault) -> String {
    let code = e.code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
    clean(&format!("{code}{}", e.message))
}

fn redraw(out: &mut impl Write, rows: usize, over: &[String], frame: &[String], hidden: bool) -> io::Result<()> {
    queue!(out, terminal::BeginSynchronizedUpdate)?;
    if !hidden {
        queue!(out, cursor::Hide)?;
    }
    if rows > 0 {
        let up = u16::try_from(rows).unwrap_or(u16::MAX);
        queue!(out, cursor::MoveToPreviousLine(up), terminal::Clear(terminal::ClearType::FromCursorDown))?;
    }
    for line in over.iter().chain(frame) {
        writeln!(out, "{line}")?;
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
        let plain = frame(&self.progress, now, &Look { colour: false, ..self.look });
        let widths = plain.iter().map(|line| width(line)).collect();
        if self.look.colour {
            self.draw(&frame(&self.progress, now, &self.look), widths);
        } else {
            self.draw(&plain, widths);
        }
    }

    fn resize(&mut self, width: usize, height: usize) {
        (self.look.width, self.look.height) = (width, height);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if self.hidden || !self.over.is_empty() {
            self.close();
        }
    }
}
