//! The picture as an SVG, rendered without any other program.
use super::{
    Picture, Stroke,
    layout::{Layout, Sizes, layout},
    paint::colours,
};
use crate::{
    markup::escaped,
    text::{clean, fit},
};

const BOX_HEIGHT: f64 = 36.0;
const SIZES: Sizes = Sizes { apart: 50.0, line: 14.0 };
const MARGIN: f64 = 28.0;
/// The distance between layers, where lines bend.
const GAP: f64 = 70.0;
/// Longer names are truncated in the box; its tooltip shows the full name.
const LONGEST: usize = 34;
const LEGEND: f64 = 22.0;

/// The picture as one SVG document. Arrows implied by longer paths are omitted, as the legend says.
pub fn svg(picture: &Picture) -> String {
    let arrows = picture.arrows();
    let ends: Vec<(usize, usize)> = arrows.iter().map(|(from, to, _)| (*from, *to)).collect();
    let strokes: Vec<Stroke> = arrows.iter().map(|(.., stroke)| *stroke).collect();
    // Only a path of "needs it ready" arrows implies the arrow between its ends.
    let full: Vec<bool> = strokes.iter().map(|s| *s == Stroke::Ready).collect();
    let laid = layout(picture.nodes.len(), &ends, &full, SIZES);
    let sheet = Sheet::new(picture, &laid);
    let legend = legend(picture, &strokes, &sheet);
    let (width, height) = (sheet.width, sheet.legend_top + legend.height + MARGIN);
    let mut text = head(width, height);
    for (arrow, via) in &laid.routes {
        let ((from, to), stroke) = (ends[*arrow], strokes[*arrow]);
        text.push_str(&route(laid.boxes[from], via, laid.boxes[to], stroke, &sheet));
    }
    for (n, (layer, y)) in laid.boxes.iter().enumerate() {
        text.push_str(&node(picture, n, sheet.left(*layer), MARGIN + BOX_HEIGHT / 2.0 + y, &sheet));
    }
    text + &legend.text + "</svg>\n"
}

/// The dimensions of the picture.
struct Sheet {
    box_width: f64,
    width: f64,
    legend_top: f64,
}

impl Sheet {
    fn new(picture: &Picture, laid: &Layout) -> Self {
        let longest = |f: fn(&super::Node) -> String| picture.nodes.iter().map(|b| f(b).chars().count()).max();
        let name = longest(|b| b.name.clone()).unwrap_or(0).min(LONGEST) as f64 * 7.4;
        let kind = longest(caption).unwrap_or(0).min(LONGEST) as f64 * 5.9;
        let box_width = (name.max(kind) + 20.0).max(80.0).round();
        let layers = laid.layers.max(1) as f64;
        let width = 2.0 * MARGIN + layers * box_width + (layers - 1.0) * GAP;
        Self { box_width, width: width.max(720.0), legend_top: 2.0 * MARGIN + BOX_HEIGHT + laid.height }
    }

    fn left(&self, layer: usize) -> f64 {
        MARGIN + layer as f64 * (self.box_width + GAP)
    }
}

/// The small text of a box. Areas are not drawn, so it also names the innermost, unless that is the service.
fn caption(node: &super::Node) -> String {
    match node.areas.last().filter(|area| **area != node.group) {
        Some(area) => format!("{}, {area}", node.kind),
        None => node.kind.clone(),
    }
}

fn head(width: f64, height: f64) -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif\">\n"
    );
    text.push_str("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<defs>\n");
    for stroke in Stroke::ALL {
        let (class, colour, _) = style(stroke);
        text.push_str(&format!(
            "<marker id=\"{class}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" \
             orient=\"auto\"><path d=\"M0 1 L10 5 L0 9 z\" fill=\"{colour}\"/></marker>\n"
        ));
    }
    text + "</defs>\n"
}

/// The marker, colour and dashes of a stroke.
const fn style(stroke: Stroke) -> (&'static str, &'static str, &'static str) {
    match stroke {
        Stroke::Ready => ("ready", "#64748b", ""),
        Stroke::Known => ("known", "#0891b2", " stroke-dasharray=\"7 4\""),
        Stroke::Value => ("value", "#a8b3c2", " stroke-dasharray=\"7 4\""),
        Stroke::Removal => ("removal", "#b45309", " stroke-dasharray=\"2 4\""),
    }
}

fn path(d: &str, stroke: Stroke) -> String {
    let (marker, colour, dashes) = style(stroke);
    format!(
        "<path d=\"{d}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.3\"{dashes} marker-end=\"url(#{marker})\"/>\n"
    )
}

/// A path that is straight across each layer it passes, and curved between layers.
fn route(from: (usize, f64), via: &[(usize, f64)], to: (usize, f64), stroke: Stroke, sheet: &Sheet) -> String {
    let y = |y: f64| MARGIN + BOX_HEIGHT / 2.0 + y;
    let (mut x, mut last) = (sheet.left(from.0) + sheet.box_width, y(from.1));
    let mut d = format!("M{x:.1} {last:.1}");
    for (layer, next) in via.iter().chain([&to]) {
        let (left, next, bend) = (sheet.left(*layer), y(*next), GAP / 2.0);
        let (out, into) = (x + bend, left - bend);
        d.push_str(&format!(" C{out:.1} {last:.1} {into:.1} {next:.1} {left:.1} {next:.1}"));
        (x, last) = (left, next);
        if *layer != to.0 {
            x += sheet.box_width;
            d.push_str(&format!(" H{x:.1}"));
        }
    }
    path(&d, stroke)
}

fn node(picture: &Picture, n: usize, left: f64, y: f64, sheet: &Sheet) -> String {
    let Some(node) = picture.nodes.get(n) else { return String::new() };
    let group = picture.groups().iter().position(|g| *g == node.group).unwrap_or(0);
    let (fill, border) = colours(group);
    let (top, middle, width) = (y - BOX_HEIGHT / 2.0, left + sheet.box_width / 2.0, sheet.box_width);
    let (name, kind) = (escaped(&fit(&clean(&node.name), LONGEST)), escaped(&fit(&clean(&caption(node)), LONGEST)));
    let title = escaped(&format!("{} ({})", clean(&node.name), clean(&node.kind)));
    format!(
        "<g><title>{title}</title>\
         <rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{BOX_HEIGHT:.1}\" rx=\"5\" fill=\"{fill}\" stroke=\"{border}\"/>\
         <text x=\"{middle:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\" fill=\"#0f172a\">{name}</text>\
         <text x=\"{middle:.1}\" y=\"{:.1}\" font-size=\"10\" text-anchor=\"middle\" fill=\"#475569\">{kind}</text></g>\n",
        y - 3.0,
        y + 11.0,
    )
}

struct Legend {
    text: String,
    height: f64,
}

/// The groups by colour, then the strokes in use, in as many lines as needed.
fn legend(picture: &Picture, strokes: &[Stroke], sheet: &Sheet) -> Legend {
    let mut items: Vec<(String, String)> = Vec::new();
    for (n, group) in picture.groups().iter().enumerate() {
        let (fill, border) = colours(n);
        let swatch = format!(
            "<rect x=\"0\" y=\"-10\" width=\"24\" height=\"12\" rx=\"3\" fill=\"{fill}\" stroke=\"{border}\"/>"
        );
        items.push((swatch, clean(group)));
    }
    for stroke in Stroke::ALL.into_iter().filter(|s| strokes.contains(s)) {
        items.push((path("M0 -4 H24", stroke).trim_end().into(), format!("the next {}", stroke.meaning())));
    }
    items.push((String::new(), "arrows that longer ways imply are left out".into()));
    let (mut x, mut row, mut text) = (0.0, 0.0, String::new());
    for (swatch, label) in items {
        let width = 32.0 + label.chars().count() as f64 * 6.8 + 22.0;
        if x > 0.0 && MARGIN + x + width > sheet.width {
            (x, row) = (0.0, row + 1.0);
        }
        let (left, top) = (MARGIN + x, sheet.legend_top + LEGEND * row);
        let at = if swatch.is_empty() { 0 } else { 32 };
        text.push_str(&format!(
            "<g transform=\"translate({left:.1} {top:.1})\">{swatch}<text x=\"{at}\" y=\"0\" font-size=\"11\" \
             fill=\"#334155\">{}</text></g>\n",
            escaped(&label)
        ));
        x += width;
    }
    Legend { text, height: LEGEND * row }
}
