//! The picture in Mermaid's flowchart language (<https://mermaid.js.org/syntax/flowchart.html>), which code hosts
//! render.
use super::{Picture, Stroke, paint::colours};
use crate::text::clean;

/// The picture for Mermaid, for a fenced code block with that language name.
pub fn mermaid(picture: &Picture) -> String {
    let mut text = String::from("flowchart LR\n");
    for (g, group) in picture.groups().iter().enumerate() {
        text.push_str(&format!("  subgraph g{g}[\"{}\"]\n", escaped(group)));
        // Names may be keywords of the language, so boxes are identified by number.
        for (n, node) in picture.nodes.iter().enumerate().filter(|(_, b)| b.group == *group) {
            let (name, kind) = (escaped(&node.name), escaped(&node.kind));
            text.push_str(&format!("    n{n}[\"{name}<br/><small>{kind}</small>\"]:::c{g}\n"));
        }
        text.push_str("  end\n");
    }
    for (from, to, stroke) in picture.arrows() {
        text.push_str(&format!("  n{from} {} n{to}\n", arrow(stroke)));
    }
    for (g, _) in picture.groups().iter().enumerate() {
        let (fill, border) = colours(g);
        text.push_str(&format!("  classDef c{g} fill:{fill},stroke:{border},color:#0f172a\n"));
    }
    text
}

const fn arrow(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Ready => "-->",
        Stroke::Known | Stroke::Value => "-.->",
        Stroke::Removal => "-.-o",
    }
}

/// Escapes Mermaid's special characters with its own entity codes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in clean(text).chars() {
        match c {
            '"' => escaped.push_str("#quot;"),
            '#' => escaped.push_str("#35;"),
            '<' => escaped.push_str("#lt;"),
            '>' => escaped.push_str("#gt;"),
            '&' => escaped.push_str("#amp;"),
            '`' => escaped.push_str("#96;"),
            c => escaped.push(c),
        }
    }
    escaped
}
