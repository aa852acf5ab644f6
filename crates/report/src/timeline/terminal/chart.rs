//! The bar chart: a line per significant task, over one time axis.
use super::super::{
    Activity, Outcome, Row, Timeline,
    axis::{Axis, label},
    bars::{Bar, bars},
    words::fine,
};
use crate::{
    TermStyle, Tone,
    text::{cell, duration, width},
};
use jiff::Timestamp;

/// The maximum number of lines for single tasks, so that the chart and the sections below fit on a screen.
const MOST: usize = 24;
/// The minimum width that has space for the kind, and for longer names.
const WIDE: usize = 120;
const KIND: usize = 28;
const TOOK: usize = 7;

/// A cell of the chart: its character, and its tone.
type Cell = (char, Option<Tone>);

const EMPTY: Cell = (' ', None);

/// The axis, the lines and the legend; empty if no task started.
pub(super) fn chart(run: &Timeline, all: bool, style: &TermStyle) -> String {
    let bars = bars(run, MOST, all);
    if bars.is_empty() {
        return String::new();
    }
    let wide = style.width >= WIDE;
    let longest = bars.iter().map(|b| width(&b.label())).max().unwrap_or(0);
    let name = longest.clamp(12, if wide { 40 } else { 22 });
    let fixed = 4 + name + 1 + if wide { KIND + 1 } else { 0 } + TOOK + 2;
    let columns = style.width.saturating_sub(fixed).max(10);
    let axis = Axis::new(run.span(), (columns / 10).max(2));
    let sheet = Sheet { axis, columns, name, wide, style };
    let mut text = format!("{}{}\n", " ".repeat(fixed), style.paint(Tone::Faint, &sheet.labels()));
    for bar in &bars {
        text.push_str(sheet.line(run, bar).trim_end());
        text.push('\n');
    }
    if let Some(sweep) = &run.sweep {
        let mut cells = sheet.grid();
        sheet.fill(&mut cells, run, sweep.from, sweep.to, |_, _| ('▒', Some(Tone::Faint)));
        let took = duration(crate::text::between(sweep.from, sweep.to));
        text.push_str((sheet.left("  ", " ", "sweep", "", &took, Tone::Faint) + &sheet.paint(&cells)).trim_end());
        text.push('\n');
    }
    text + &legend(&bars, style)
}

struct Sheet<'a> {
    axis: Axis,
    columns: usize,
    name: usize,
    wide: bool,
    style: &'a TermStyle,
}

impl Sheet<'_> {
    fn place(&self, share: f64) -> usize {
        ((share * self.columns as f64) as usize).min(self.columns - 1)
    }

    /// The round times, each above its position.
    fn labels(&self) -> String {
        let mut line = String::new();
        for tick in self.axis.ticks() {
            let (at, label) = (self.place(self.axis.share(tick)), label(tick));
            if (at > width(&line) || line.is_empty()) && at + width(&label) <= self.columns {
                line = cell(&line, at) + &label;
            }
        }
        line
    }

    /// An empty line, with a vertical mark at each round time.
    fn grid(&self) -> Vec<Cell> {
        let mut cells = vec![EMPTY; self.columns];
        for tick in self.axis.ticks() {
            cells[self.place(self.axis.share(tick))] = ('┊', Some(Tone::Faint));
        }
        cells
    }

    fn line(&self, run: &Timeline, bar: &Bar<'_>) -> String {
        let mut cells = self.grid();
        for row in &bar.rows {
            self.draw(&mut cells, run, row);
        }
        let critical = bar.on_path();
        let (kind, mark, took) = match bar.task() {
            Some(row) => (row.kind.as_str(), row.mark(), fine(row.took())),
            None => ("", " ", String::new()),
        };
        let tone = match bar.task().map(|r| &r.outcome) {
            Some(Outcome::Failed(_)) => Tone::Bad,
            Some(Outcome::CutShort) => Tone::Warn,
            _ if critical => Tone::Strong,
            _ => Tone::Faint,
        };
        let left = self.left(if critical { "◆ " } else { "  " }, mark, &bar.label(), kind, &took, tone);
        left + &self.paint(&cells)
    }

    fn left(&self, critical: &str, mark: &str, name: &str, kind: &str, took: &str, tone: Tone) -> String {
        let style = self.style;
        let name = cell(name, self.name);
        // Names keep the default colour; only kinds are faint.
        let name = if tone == Tone::Faint { name } else { style.paint(tone, &name) };
        let kind = if self.wide { style.paint(Tone::Faint, &cell(kind, KIND)) + " " } else { String::new() };
        format!("{}{mark} {name} {kind}{took:>TOOK$}  ", style.paint(Tone::Strong, critical))
    }

    fn draw(&self, cells: &mut [Cell], run: &Timeline, row: &Row) {
        let Some((from, to)) = row.from.zip(row.to) else { return };
        self.fill(cells, run, from, to, |a, b| glyph(row, run, a, b));
        let end = match row.outcome {
            Outcome::Failed(_) => ('!', Some(Tone::Bad)),
            Outcome::CutShort => ('>', Some(Tone::Warn)),
            _ => return,
        };
        let after = self.end(run, from, to).min(self.columns - 1);
        cells[after] = end;
    }

    /// The index after the last cell; a bar is at least one cell long.
    fn end(&self, run: &Timeline, from: Timestamp, to: Timestamp) -> usize {
        let end = (self.axis.share(run.since(to)) * self.columns as f64).round() as usize;
        end.max(self.place(self.axis.share(run.since(from))) + 1)
    }

    /// Fills the cells of a period; `what` receives the start and the end of each cell, in seconds of the run.
    fn fill(
        &self,
        cells: &mut [Cell],
        run: &Timeline,
        from: Timestamp,
        to: Timestamp,
        what: impl Fn(f64, f64) -> Cell,
    ) {
        let (first, end) = (self.place(self.axis.share(run.since(from))), self.end(run, from, to));
        let columns = self.columns as f64;
        for (n, cell) in cells.iter_mut().enumerate().take(end).skip(first) {
            let span = run.span().as_secs_f64() / columns;
            *cell = what(n as f64 * span, (n + 1) as f64 * span);
        }
    }

    /// The cells as text; each run of one tone is painted once.
    fn paint(&self, cells: &[Cell]) -> String {
        let mut text = String::new();
        for stretch in cells.chunk_by(|a, b| a.1 == b.1) {
            let plain: String = stretch.iter().map(|(c, _)| c).collect();
            let tone = stretch.first().and_then(|(_, tone)| *tone);
            text.push_str(&tone.map_or_else(|| plain.clone(), |tone| self.style.paint(tone, &plain)));
        }
        text
    }
}

/// The predominant activity between these seconds of the run. Queue waits and pauses have double weight, because
/// readers search for them.
fn glyph(row: &Row, run: &Timeline, from: f64, to: f64) -> Cell {
    let overlap = |a: Timestamp, b: Timestamp| {
        let (a, b) = (run.since(a).as_secs_f64(), run.since(b).as_secs_f64());
        (b.min(to) - a.max(from)).max(0.0)
    };
    let weigh =
        |doing: &Activity| if matches!(doing, Activity::Queued { .. } | Activity::Pausing { .. }) { 2.0 } else { 1.0 };
    let weighed = row.segments.iter().map(|s| (overlap(s.from, s.to) * weigh(&s.doing), &s.doing));
    let most = weighed.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, doing)| doing);
    match most {
        Some(Activity::Queued { .. }) => ('·', Some(Tone::Warn)),
        Some(Activity::Pausing { .. }) => ('x', Some(Tone::Warn)),
        Some(Activity::Waiting { .. }) => ('▒', if row.on_path { Some(Tone::Good) } else { Some(Tone::Faint) }),
        _ => ('█', Some(Tone::Busy)),
    }
}

/// The legend of the signs in use.
fn legend(bars: &[Bar<'_>], style: &TermStyle) -> String {
    let any = |what: fn(&Activity) -> bool| {
        bars.iter().flat_map(|b| &b.rows).flat_map(|r| &r.segments).any(|s| what(&s.doing))
    };
    let outcome = |what: fn(&Outcome) -> bool| bars.iter().flat_map(|b| &b.rows).any(|r| what(&r.outcome));
    let items = [
        (bars.iter().any(Bar::on_path), "◆ waited for by the run"),
        (any(|d| matches!(d, Activity::Working | Activity::Calling { .. })), "█ calling"),
        (any(|d| matches!(d, Activity::Waiting { .. })), "▒ waiting for AWS"),
        (any(|d| matches!(d, Activity::Queued { .. })), "· queued"),
        (any(|d| matches!(d, Activity::Pausing { .. })), "x before a retry"),
        (outcome(|o| matches!(o, Outcome::Failed(_))), "! failed"),
        (outcome(|o| *o == Outcome::CutShort), "> cut short"),
    ];
    let visible: Vec<&str> = items.iter().filter(|(any, _)| *any).map(|(_, what)| *what).collect();
    let mut lines: Vec<String> = Vec::new();
    for what in visible {
        match lines.last_mut() {
            Some(line) if width(line) + width(what) + 5 <= style.width => *line += &format!("   {what}"),
            _ => lines.push(what.into()),
        }
    }
    lines.iter().map(|line| format!("  {}\n", style.paint(Tone::Faint, line))).collect()
}
