//! The measures of the picture, and its axis.
use super::super::{
    Timeline,
    axis::{Axis, label},
    bars::Bar,
};
use crate::text::{duration, width};
use jiff::Timestamp;
use std::time::Duration;

/// What screen the picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Shape {
    /// Names on the left of the bars.
    Wide,
    /// Names above the bars, for a phone.
    Narrow,
}

impl Shape {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Wide => "broad",
            Self::Narrow => "slim",
        }
    }
}

/// Where things are.
pub(super) struct Sheet {
    pub(super) shape: Shape,
    pub(super) width: f64,
    /// From the left to the bars.
    pub(super) left: f64,
    /// How much of the width the bars have.
    pub(super) room: f64,
    /// From one line to the next.
    pub(super) apart: f64,
    /// How high a bar is.
    pub(super) high: f64,
    /// How many characters of a name there is room for.
    pub(super) letters: usize,
    top: f64,
    lines: usize,
    axis: Axis,
}

/// How wide a letter of a name is, about.
const LETTER: f64 = 6.7;
/// The same of what is written above the axis.
const WORD: f64 = 6.2;

impl Sheet {
    pub(super) fn new(run: &Timeline, shape: Shape, bars: &[Bar<'_>]) -> Self {
        let longest = bars.iter().map(|b| width(&b.label())).max().unwrap_or(0).clamp(14, 34);
        let (width, left, apart, high, ticks) = match shape {
            Shape::Wide => (1120.0, longest as f64 * LETTER + 92.0, 24.0, 14.0, 9),
            Shape::Narrow => (380.0, 4.0, 38.0, 13.0, 4),
        };
        // Room on the right for the mark of what failed at the very end.
        let room = width - left - 14.0;
        let letters = if shape == Shape::Wide { longest } else { 40 };
        let lines = bars.len() + usize::from(run.sweep.is_some());
        let top = if forecast(run).is_empty() { 28.0 } else { 44.0 };
        Self { shape, width, left, room, apart, high, letters, top, lines, axis: Axis::new(run.span(), ticks) }
    }

    /// Where that moment is, from the left.
    pub(super) fn x(&self, run: &Timeline, at: Timestamp) -> f64 {
        self.left + self.axis.share(run.since(at)) * self.room
    }

    /// The top of that line.
    pub(super) fn line(&self, n: usize) -> f64 {
        self.top + n as f64 * self.apart
    }

    /// The top of the bar of that line.
    pub(super) fn y(&self, n: usize) -> f64 {
        let above = if self.shape == Shape::Wide { (self.apart - self.high) / 2.0 } else { 19.0 };
        self.line(n) + above
    }

    /// The bottom of the last line.
    pub(super) fn bottom(&self) -> f64 {
        self.line(self.lines)
    }

    /// How many lines there are.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// The round times with a stroke through all lines, and what the run was thought to take.
    pub(super) fn axis(&self, run: &Timeline) -> String {
        let (top, bottom) = (self.top - 4.0, self.bottom());
        let mut text = String::new();
        for tick in self.axis.ticks() {
            let x = self.left + self.axis.share(tick) * self.room;
            // A label at the very edge would be cut.
            let anchor = if x > self.width - 20.0 { "end" } else { "start" };
            text.push_str(&format!(
                "<line class=\"grid\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>\
                 <text class=\"faint\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
                top - 2.0,
                top - 8.0,
                label(tick)
            ));
        }
        text + &self.forecast(run)
    }

    fn forecast(&self, run: &Timeline) -> String {
        let mut text = String::new();
        let mut taken = 0.0;
        for (words, thought) in forecast(run) {
            let x = self.left + self.axis.share(thought) * self.room;
            let words = format!("{words} {}", duration(thought));
            let room = words.chars().count() as f64 * WORD;
            // Left of its line, where no other word is; else right of it.
            let (anchor, at) = if x - room - 4.0 > taken { ("end", x - 4.0) } else { ("start", x + 4.0) };
            taken = x + if anchor == "end" { 0.0 } else { room };
            let fits = anchor == "end" || taken < self.width;
            text.push_str(&format!(
                "<line class=\"thought\" x1=\"{x:.1}\" y1=\"4\" x2=\"{x:.1}\" y2=\"{:.1}\"/>",
                self.bottom()
            ));
            if fits {
                text.push_str(&format!(
                    "<text class=\"thought-word\" x=\"{at:.1}\" y=\"12\" text-anchor=\"{anchor}\">{words}</text>"
                ));
            }
            text.push('\n');
        }
        text
    }
}

/// What the run was thought to take, as far as it is within the picture.
pub(super) fn forecast(run: &Timeline) -> Vec<(&'static str, Duration)> {
    let Some(forecast) = &run.forecast else { return Vec::new() };
    let all = [("forecast", forecast.p50), ("nine of ten", forecast.p90)];
    all.into_iter().filter(|(_, thought)| !thought.is_zero() && *thought <= run.span()).collect()
}
