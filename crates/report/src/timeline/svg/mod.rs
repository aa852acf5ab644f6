//! A run as an SVG: bars over time with the provider's status messages on them, rendered without any other program.
mod legend;
mod rows;
mod sheet;

use super::{Timeline, bars::bars, words::when};
use crate::{markup::escaped, text::duration};
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
    let (width, height) = (drawn.width + 2.0 * MARGIN, drawn.height + TITLE + MARGIN);
    let what = format!("{} {} in {}", run.command, run.environment(), run.region);
    let how = format!("{} {}: {}. Began {}", run.end.words(), duration(run.took()), run.counts(), when(run.began));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gantt\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"31\">{title}</text>\n\
         <text class=\"faint\" x=\"{MARGIN}\" y=\"50\">{how}</text>\n\
         <g transform=\"translate({MARGIN} {TITLE})\">\n{body}</g>\n</svg>\n",
        title = escaped(&what),
        how = escaped(&how),
        body = drawn.body,
    )
}

/// The run as a chart inside a page that includes the style.
pub(super) fn figure(run: &Timeline, shape: Shape) -> String {
    let drawn = draw(run, shape);
    let (width, height, class) = (drawn.width, drawn.height, shape.class());
    let what = escaped(&format!("{} {}: tasks over time", run.command, run.environment()));
    format!(
        "<svg class=\"gantt {class}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{what}\">\n{}</svg>\n",
        drawn.body
    )
}

struct Drawn {
    body: String,
    width: f64,
    height: f64,
}

/// The axis, the bars, the path and the legend, relative to the upper left corner.
fn draw(run: &Timeline, shape: Shape) -> Drawn {
    let bars = bars(run, MOST, false);
    let sheet = Sheet::new(run, shape, &bars);
    let mut body = sheet.axis(run);
    body.push_str(&rows::path(run, &bars, &sheet));
    for (n, bar) in bars.iter().enumerate() {
        body.push_str(&rows::bar(run, bar, n, &sheet));
    }
    body.push_str(&rows::sweep(run, &sheet));
    let legend = legend::legend(run, &bars, &sheet);
    body.push_str(&legend.body);
    Drawn { body, width: sheet.width, height: sheet.bottom() + legend.height }
}
