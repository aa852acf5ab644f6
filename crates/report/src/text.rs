//! Text utilities: durations, columns, and sanitizing of external text.
use jiff::Timestamp;
use std::time::Duration;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub use vidpipe_text::{clean, json, line, page};

/// A duration for people: `0.4s`, `42s`, `1m 23s`, `2h 05m`, `3d 04h`.
pub fn duration(d: Duration) -> String {
    let s = d.as_secs();
    match s {
        0 => format!("{:.1}s", f64::from(d.subsec_millis() / 100) / 10.0),
        1..60 => format!("{s}s"),
        60..3_600 => format!("{}m {:02}s", s / 60, s % 60),
        3_600..86_400 => format!("{}h {:02}m", s / 3_600, s / 60 % 60),
        _ => format!("{}d {:02}h", s / 86_400, s / 3_600 % 24),
    }
}

/// An estimate at an honest precision: rounded up to 5 or 10 seconds, or to a minute. `about 45s`, `about 7m 20s`,
/// `about 14m`, `about 1h 05m`.
pub fn about(d: Duration) -> String {
    let s = d.as_secs().saturating_add(u64::from(d.subsec_nanos() > 0));
    let up = |step: u64| s.div_ceil(step).max(1).saturating_mul(step);
    match s {
        0..=55 => format!("about {}", duration(Duration::from_secs(up(5)))),
        56..=590 => format!("about {}", duration(Duration::from_secs(up(10)))),
        591..=3_540 => format!("about {}m", up(60) / 60),
        _ => format!("about {}", duration(Duration::from_secs(up(60)))),
    }
}

/// The time from `then` to `now`; zero if `then` is in the future.
pub fn between(then: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(then).try_into().unwrap_or_default()
}

/// A time to the second, in UTC: `2026-11-20T10:15:00Z`.
pub fn time(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// The number of columns a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most that many columns; truncated text ends in `…`.
pub fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.into();
    }
    let (mut fitted, mut taken) = (String::new(), 1);
    for c in text.chars() {
        taken += c.width().unwrap_or(0);
        if taken > columns {
            break;
        }
        fitted.push(c);
    }
    if columns > 0 {
        fitted.push('…');
    }
    fitted
}

/// The text in exactly that many columns.
pub fn cell(text: &str, columns: usize) -> String {
    let mut cell = fit(text, columns);
    cell.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(&cell))));
    cell
}

/// Rows as columns two spaces apart, each as wide as its widest cell; the last column is not padded. Each cell is
/// sanitized to one line.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| line(cell, false))).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (w, cell) in widths.iter_mut().zip(row) {
            *w = width(cell).max(*w);
        }
    }
    let joined = |row: &[String; N]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(text, w)| cell(text, w)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(joined).collect()
}

/// A coordinate in an SVG.
pub(crate) fn px(at: f64) -> String {
    format!("{at:.1}")
}

/// `1 node`, `2 nodes`.
pub fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
