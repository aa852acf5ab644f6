//! The first line of the live view: what runs, since when, for how much longer, and what was expected.
use crate::{
    Look, Progress, Remaining, Tone, forecast,
    text::{about, between, cell, duration, fit, width},
};
use jiff::Timestamp;
use std::time::Duration;

/// The widest that the times at the right end become, so that what stands left of them does not come and go.
const TIMES: usize = "59m 59s, about 59m 50s left".len();
/// A terminal that is less high has no line to spare.
const HIGH: usize = 16;

/// What runs, on the left, and its times, on the right.
pub(super) fn head(p: &Progress, rest: Option<&Remaining>, now: Timestamp, look: &Look, columns: usize) -> String {
    let elapsed = duration(p.began.map_or(Duration::ZERO, |b| between(b, now)));
    let times = rest.map_or_else(|| elapsed.clone(), |rest| format!("{elapsed}, {} left", about(rest.left)));
    let mut what = what(p);
    if let Some(f) = forecast_in_head(p, columns) {
        what.push_str(&f);
    }
    // Too narrow for both: how long it still takes matters more than where that is.
    let what = cell(&what, columns.saturating_sub(width(&times) + 1));
    look.paint(Tone::Strong, &fit(&format!("{what} {times}"), columns))
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

fn forecast_in_head(p: &Progress, columns: usize) -> Option<String> {
    let told = format!(", {}", forecast::brief(p.forecast.as_ref()?));
    (width(&what(p)) + width(&told) + 2 + TIMES <= columns).then_some(told)
}
