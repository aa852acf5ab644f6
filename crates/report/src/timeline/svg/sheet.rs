//! The dimensions of the chart, and its axis.
use super::super::{
    Timeline,
    axis::{Axis, label},
    bars::Bar,
};
use crate::text::{duration, px, width};
use jiff::Timestamp;
use maud::{Markup, html};
use std::time::Duration;

/// The layout, by type of screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Shape {
    /// Labels to the left of the bars.
    Wide,
    /// Labels above the bars, for a phone.
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

/// The dimensions of the chart.
pub(super) struct Sheet {
    pub(super) shape: Shape,
    pub(super) width: f64,
    /// The distance from the left edge to the bars.
    pub(super) left: f64,
    /// The width of the bars' area.
    pub(super) room: f64,
    /// The distance between lines.
    pub(super) apart: f64,
    /// The height of a bar.
    pub(super) high: f64,
    /// The maximum number of characters of a label.
    pub(super) letters: usize,
    top: f64,
    lines: usize,
    axis: Axis,
}

/// The approximate width of a character of a label.
const LETTER: f64 = 6.7;
/// The approximate width of a character above the axis.
const WORD: f64 = 6.2;

impl Sheet {
    pub(super) fn new(run: &Timeline, shape: Shape, bars: &[Bar<'_>]) -> Self {
        let longest = bars.iter().map(|b| width(&b.label())).max().unwrap_or(0).clamp(14, 34);
        let (width, left, apart, high, ticks) = match shape {
            Shape::Wide => (1120.0, longest as f64 * LETTER + 92.0, 24.0, 14.0, 9),
            Shape::Narrow => (380.0, 4.0, 38.0, 13.0, 4),
        };
        // Space on the right for the mark of a task that failed at the end.
        let room = width - left - 14.0;
        let letters = if shape == Shape::Wide { longest } else { 40 };
        let lines = bars.len() + usize::from(run.sweep.is_some());
        let top = if forecast(run).is_empty() { 28.0 } else { 44.0 };
        Self { shape, width, left, room, apart, high, letters, top, lines, axis: Axis::new(run.span(), ticks) }
    }

    /// The horizontal position of a point in time.
    pub(super) fn x(&self, run: &Timeline, at: Timestamp) -> f64 {
        self.left + self.axis.share(run.since(at)) * self.room
    }

    /// The top of a line.
    pub(super) fn line(&self, n: usize) -> f64 {
        self.top + n as f64 * self.apart
    }

    /// The top of the bar of a line.
    pub(super) fn y(&self, n: usize) -> f64 {
        let above = if self.shape == Shape::Wide { (self.apart - self.high) / 2.0 } else { 19.0 };
        self.line(n) + above
    }

    /// The bottom of the last line.
    pub(super) fn bottom(&self) -> f64 {
        self.line(self.lines)
    }

    /// The number of lines.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// The round times, each with a vertical line through the chart, and the forecast.
    pub(super) fn axis(&self, run: &Timeline) -> Markup {
        let top = self.top - 4.0;
        html! {
            @for tick in self.axis.ticks() {
                @let x = self.left + self.axis.share(tick) * self.room;
                // A label at the edge would be cut off.
                @let anchor = if x > self.width - 20.0 { "end" } else { "start" };
                line .grid x1=(px(x)) y1=(px(top - 2.0)) x2=(px(x)) y2=(px(self.bottom())) {}
                text .faint x=(px(x)) y=(px(top - 8.0)) text-anchor=(anchor) { (label(tick)) }
                "\n"
            }
            (self.forecast(run))
        }
    }

    fn forecast(&self, run: &Timeline) -> Markup {
        let mut markup = Markup::default();
        let mut taken = 0.0;
        for (words, thought) in forecast(run) {
            let x = self.left + self.axis.share(thought) * self.room;
            let words = format!("{words} {}", duration(thought));
            let room = words.chars().count() as f64 * WORD;
            // To the left of its line, unless that overlaps the previous label; otherwise to the right.
            let (anchor, at) = if x - room - 4.0 > taken { ("end", x - 4.0) } else { ("start", x + 4.0) };
            taken = x + if anchor == "end" { 0.0 } else { room };
            let fits = anchor == "end" || taken < self.width;
            let line = html! {
                line .thought x1=(px(x)) y1="4" x2=(px(x)) y2=(px(self.bottom())) {}
                @if fits { text .thought-word x=(px(at)) y="12" text-anchor=(anchor) { (words) } }
                "\n"
            };
            markup.0 += &line.0;
        }
        markup
    }
}

/// The forecast times that are within the chart.
pub(super) fn forecast(run: &Timeline) -> Vec<(&'static str, Duration)> {
    let Some(forecast) = &run.forecast else { return Vec::new() };
    let all = [("forecast", forecast.p50), ("nine of ten", forecast.p90)];
    all.into_iter().filter(|(_, thought)| !thought.is_zero() && *thought <= run.span()).collect()
}
