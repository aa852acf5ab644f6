//! The first line of the live view: what runs, since when, for how much longer, and what was expected.
use crate::{
    Look, Progress, Remaining, Tone, forecast,
    text::{about, between, cell, duration, fit, width},
};
use jiff::Timestamp;
use std::time::Duration;

/// The widest that the times at the right end become: room is kept for that, so that nothing comes and goes.
const TIMES: usize = "59m 59s, about 9m 50s left".len();
const LEFT: usize = "about 9m 50s left".len();
/// A terminal that is less high has no line to spare.
const HIGH: usize = 16;

/// What runs, on the left, and its times, on the right.
pub(super) fn head(p: &Progress, rest: Option<&Remaining>, now: Timestamp, look: &Look, columns: usize) -> String {
    let (what, times) = (what(p), times(p, rest, now, columns));
    let strong = |text: &str| look.paint(Tone::Strong, text);
    if let Some(told) = forecast_in_head(p, columns) {
        let gap = " ".repeat(columns.saturating_sub(width(&what) + width(&told) + width(&times)));
        return format!("{}{}{gap}{}", strong(&what), look.paint(Tone::Faint, &told), strong(&times));
    }
    let what = cell(&what, columns.saturating_sub(width(&times) + 1));
    strong(&fit(&format!("{what} {times}"), columns))
}

/// What was expected, as a line of its own, where the first line has no room for it and the terminal is high enough.
pub(super) fn expected(p: &Progress, look: &Look, columns: usize) -> Option<String> {
    let f = p.forecast.as_ref().filter(|_| look.height >= HIGH && forecast_in_head(p, columns).is_none())?;
    Some(look.paint(Tone::Faint, &fit(&format!("  {}", forecast::brief(f)), columns)))
}

fn what(p: &Progress) -> String {
    let doing = if p.stopping.is_some() { "stopping " } else { "" };
    format!("{doing}{} {} in {}", p.command, p.environment(), p.region)
}

/// How long it has been going on, and how long it still takes. Where there is no room for both, the latter; where there is
/// none for that, the former.
fn times(p: &Progress, rest: Option<&Remaining>, now: Timestamp, columns: usize) -> String {
    let elapsed = duration(p.began.map_or(Duration::ZERO, |b| between(b, now)));
    let Some(rest) = rest else { return elapsed };
    let left = format!("{} left", about(rest.left));
    match columns.saturating_sub(width(&what(p)) + 1) {
        TIMES.. => format!("{elapsed}, {left}"),
        LEFT.. => left,
        _ => elapsed,
    }
}

fn forecast_in_head(p: &Progress, columns: usize) -> Option<String> {
    let told = format!(", {}", forecast::brief(p.forecast.as_ref()?));
    (width(&what(p)) + width(&told) + 2 + TIMES <= columns).then_some(told)
}
