//! The first line of the live view: the command, the elapsed and the remaining time, and the forecast.
use crate::{
    Progress, Remaining, TermStyle, Tone, forecast,
    text::{about, between, cell, duration, fit, width},
};
use jiff::Timestamp;
use std::time::Duration;

/// The maximum width of the times at the right end. This space is reserved, so that the layout does not shift.
const TIMES: usize = "59m 59s, about 9m 50s left".len();
const LEFT: usize = "about 9m 50s left".len();
/// The minimum height at which the forecast gets its own line.
const HIGH: usize = 16;

/// The command on the left, and its times on the right.
pub(super) fn head(
    p: &Progress,
    rest: Option<&Remaining>,
    now: Timestamp,
    style: &TermStyle,
    columns: usize,
) -> String {
    let (what, times) = (what(p), times(p, rest, now, columns));
    let strong = |text: &str| style.paint(Tone::Strong, text);
    if let Some(brief) = forecast_in_head(p, columns) {
        let gap = " ".repeat(columns.saturating_sub(width(&what) + width(&brief) + width(&times)));
        return format!("{}{}{gap}{}", strong(&what), style.paint(Tone::Faint, &brief), strong(&times));
    }
    let what = cell(&what, columns.saturating_sub(width(&times) + 1));
    strong(&fit(&format!("{what} {times}"), columns))
}

/// The forecast as a separate line, if the first line has no space for it and the terminal is high enough.
pub(super) fn expected(p: &Progress, style: &TermStyle, columns: usize) -> Option<String> {
    let f = p.forecast.as_ref().filter(|_| style.height >= HIGH && forecast_in_head(p, columns).is_none())?;
    Some(style.paint(Tone::Faint, &fit(&format!("  {}", forecast::brief(f)), columns)))
}

fn what(p: &Progress) -> String {
    let doing = if p.stopping.is_some() { "stopping " } else { "" };
    format!("{doing}{} {} in {}", p.command, p.environment(), p.region)
}

/// The elapsed and the remaining time. If there is no space for both, the remaining time; if there is none for that,
/// the elapsed time.
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
    let brief = format!(", {}", forecast::brief(p.forecast.as_ref()?));
    (width(&what(p)) + width(&brief) + 2 + TIMES <= columns).then_some(brief)
}
