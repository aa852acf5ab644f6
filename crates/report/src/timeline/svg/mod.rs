//! A run as an SVG: bars over time with the provider's status messages on them, rendered without any other program.
mod legend;
mod rows;
mod sheet;

use super::{Timeline, bars::bars, words::when};
use crate::text::{duration, page};
use maud::{Markup, PreEscaped, html};
pub(super) use sheet::Shape;
use sheet::Sheet;

/// The light and dark colour schemes.
pub(super) const STYLE: &str = include_str!("style.css");

/// The maximum number of lines for single tasks; the others are grouped as quick tasks.
const MOST: usize = 60;
/// The height above the bars in a standalone document.
const TITLE: f64 = 62.0;
const MARGIN: f64 = 20.0;

/// The run as one SVG document, in the reader's preferred colour scheme.
pub fn svg(run: &Timeline) -> String {
    let drawn = draw(run, Shape::Wide);
    let width = format!("{:.0}", drawn.width + 2.0 * MARGIN);
    let height = format!("{:.0}", drawn.height + TITLE + MARGIN);
    let title = format!("{} {} in {}", run.command, run.environment(), run.region);
    let how = format!("{} {}: {}. Began {}", run.end.words(), duration(run.took()), run.counts(), when(run.began));
    let markup = html! {
        svg .gantt xmlns="http://www.w3.org/2000/svg" width=(width) height=(height)
            viewBox={ "0 0 " (width) " " (height) } {
            "\n"
            title { (title) } "\n"
            style { "\n" (PreEscaped(STYLE)) } "\n"
            rect .ground width="100%" height="100%" {} "\n"
            text .title x=(MARGIN) y="31" { (title) } "\n"
            text .faint x=(MARGIN) y="50" { (how) } "\n"
            g transform={ "translate(" (MARGIN) " " (TITLE) ")" } { "\n" (drawn.body) } "\n"
        }
        "\n"
    };
    page(&markup.into_string(), false)
}

/// The run as a chart inside a page that includes the style.
pub(super) fn figure(run: &Timeline, shape: Shape) -> Markup {
    let Drawn { body, width, height } = draw(run, shape);
    let view = format!("0 0 {width:.0} {height:.0}");
    let label = format!("{} {}: tasks over time", run.command, run.environment());
    html! {
        svg .gantt .(shape.class()) viewBox=(view) role="img" aria-label=(label) { "\n" (body) }
        "\n"
    }
}

struct Drawn {
    body: Markup,
    width: f64,
    height: f64,
}

/// The axis, the bars, the path and the legend, relative to the upper left corner.
fn draw(run: &Timeline, shape: Shape) -> Drawn {
    let bars = bars(run, MOST, false);
    let sheet = Sheet::new(run, shape, &bars);
    let legend = legend::legend(run, &bars, &sheet);
    let body = html! {
        (sheet.axis(run))
        (rows::path(run, &bars, &sheet))
        @for (n, bar) in bars.iter().enumerate() { (rows::bar(run, bar, n, &sheet)) "\n" }
        @if let Some(sweep) = &run.sweep { (rows::sweep(run, sweep, &sheet)) "\n" }
        (legend.body)
    };
    Drawn { body, width: sheet.width, height: sheet.bottom() + legend.height }
}
