//! The picture as an SVG, rendered without any other program.
use super::{
    Node, Picture, Stroke,
    layout::{Layout, Sizes, layout},
};
use crate::text::{clean, fit, page, px};
use maud::{Markup, html};

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
    let (width, height) = (format!("{width:.0}"), format!("{height:.0}"));
    let markup = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) }
            font-family="ui-sans-serif, system-ui, 'DejaVu Sans', sans-serif" {
            "\n"
            rect width="100%" height="100%" fill="#ffffff" {} "\n"
            (markers())
            @for (arrow, via) in &laid.routes {
                @let ((from, to), stroke) = (ends[*arrow], strokes[*arrow]);
                (route(laid.boxes[from], via, laid.boxes[to], stroke, &sheet)) "\n"
            }
            @for (node, (layer, y)) in picture.nodes.iter().zip(&laid.boxes) {
                (boxed(picture, node, sheet.left(*layer), MARGIN + BOX_HEIGHT / 2.0 + y, &sheet)) "\n"
            }
            (legend.markup)
        }
        "\n"
    };
    page(&markup.into_string(), false)
}

/// The dimensions of the picture.
struct Sheet {
    box_width: f64,
    width: f64,
    legend_top: f64,
}

impl Sheet {
    fn new(picture: &Picture, laid: &Layout) -> Self {
        let longest = |f: fn(&Node) -> String| picture.nodes.iter().map(|b| f(b).chars().count()).max();
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
fn caption(node: &Node) -> String {
    match node.areas.last().filter(|area| **area != node.group) {
        Some(area) => format!("{}, {area}", node.kind),
        None => node.kind.clone(),
    }
}

/// The heads of the arrows.
fn markers() -> Markup {
    html! {
        defs {
            "\n"
            @for (id, colour, _) in Stroke::ALL.map(style) {
                marker #(id) viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto" {
                    path d="M0 1 L10 5 L0 9 z" fill=(colour) {}
                }
                "\n"
            }
        }
        "\n"
    }
}

/// The marker, colour and dashes of a stroke.
const fn style(stroke: Stroke) -> (&'static str, &'static str, Option<&'static str>) {
    match stroke {
        Stroke::Ready => ("ready", "#64748b", None),
        Stroke::Known => ("known", "#0891b2", Some("7 4")),
        Stroke::Value => ("value", "#a8b3c2", Some("7 4")),
        Stroke::Removal => ("removal", "#b45309", Some("2 4")),
    }
}

fn path(d: &str, stroke: Stroke) -> Markup {
    let (marker, colour, dashes) = style(stroke);
    html! {
        path d=(d) fill="none" stroke=(colour) stroke-width="1.3" stroke-dasharray=[dashes]
            marker-end={ "url(#" (marker) ")" } {}
    }
}

/// A path that is straight across each layer it passes, and curved between layers.
fn route(from: (usize, f64), via: &[(usize, f64)], to: (usize, f64), stroke: Stroke, sheet: &Sheet) -> Markup {
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

fn boxed(picture: &Picture, node: &Node, left: f64, y: f64, sheet: &Sheet) -> Markup {
    let (fill, border) = picture.colours(&node.group);
    let (top, middle) = (y - BOX_HEIGHT / 2.0, left + sheet.box_width / 2.0);
    let (width, height) = (sheet.box_width, BOX_HEIGHT);
    html! {
        g {
            title { (clean(&node.name)) " (" (clean(&node.kind)) ")" }
            rect x=(px(left)) y=(px(top)) width=(px(width)) height=(px(height)) rx="5" fill=(fill) stroke=(border) {}
            text x=(px(middle)) y=(px(y - 3.0)) font-size="12" text-anchor="middle" fill="#0f172a" {
                (fit(&clean(&node.name), LONGEST))
            }
            text x=(px(middle)) y=(px(y + 11.0)) font-size="10" text-anchor="middle" fill="#475569" {
                (fit(&clean(&caption(node)), LONGEST))
            }
        }
    }
}

struct Legend {
    markup: Markup,
    height: f64,
}

/// The groups by colour, then the strokes in use, in as many lines as needed.
fn legend(picture: &Picture, strokes: &[Stroke], sheet: &Sheet) -> Legend {
    let mut items: Vec<(Option<Markup>, String)> = Vec::new();
    for group in picture.groups() {
        let (fill, border) = picture.colours(group);
        let swatch = html! { rect x="0" y="-10" width="24" height="12" rx="3" fill=(fill) stroke=(border) {} };
        items.push((Some(swatch), clean(group)));
    }
    for stroke in Stroke::ALL.into_iter().filter(|s| strokes.contains(s)) {
        items.push((Some(path("M0 -4 H24", stroke)), format!("the next {}", stroke.meaning())));
    }
    items.push((None, "arrows that longer ways imply are left out".into()));
    let (mut x, mut row, mut markup) = (0.0, 0.0, Markup::default());
    for (swatch, label) in items {
        let width = 32.0 + label.chars().count() as f64 * 6.8 + 22.0;
        if x > 0.0 && MARGIN + x + width > sheet.width {
            (x, row) = (0.0, row + 1.0);
        }
        let (left, top) = (MARGIN + x, sheet.legend_top + LEGEND * row);
        let item = html! {
            g transform={ "translate(" (px(left)) " " (px(top)) ")" } {
                @if let Some(swatch) = &swatch { (swatch) }
                text x=(if swatch.is_some() { 32 } else { 0 }) y="0" font-size="11" fill="#334155" { (label) }
            }
            "\n"
        };
        markup.0 += &item.0;
        x += width;
    }
    Legend { markup, height: LEGEND * row }
}
