//! The picture in Mermaid's flowchart language (<https://mermaid.js.org/syntax/flowchart.html>), which code hosts
//! render.
use super::{Part, Picture, Stroke};
use crate::text::clean;

/// The picture for Mermaid, for a fenced code block with that language name.
pub fn mermaid(picture: &Picture) -> String {
    let mut text = String::from("flowchart LR\n");
    write(&mut text, picture, &picture.areas(), 1, &mut 0);
    for (from, to, stroke) in picture.arrows() {
        text.push_str(&format!("  n{from} {} n{to}\n", arrow(stroke)));
    }
    for (g, group) in picture.groups().into_iter().enumerate() {
        let (fill, border) = picture.colours(group);
        text.push_str(&format!("  classDef c{g} fill:{fill},stroke:{border},color:#0f172a\n"));
    }
    text
}

/// Writes the parts, and the areas among them as subgraphs. Names may be keywords of the language, so boxes and
/// subgraphs are identified by number.
fn write(text: &mut String, picture: &Picture, parts: &[Part<'_>], depth: usize, subgraphs: &mut usize) {
    let indent = "  ".repeat(depth);
    for part in parts {
        match part {
            Part::Node(n, node) => {
                let (name, kind) = (escaped(&node.name), escaped(&node.kind));
                let g = picture.group_index(&node.group);
                text.push_str(&format!("{indent}n{n}[\"{name}<br/><small>{kind}</small>\"]:::c{g}\n"));
            }
            Part::Area(area, inside) => {
                text.push_str(&format!("{indent}subgraph g{subgraphs}[\"{}\"]\n", escaped(area)));
                *subgraphs += 1;
                write(text, picture, inside, depth + 1, subgraphs);
                text.push_str(&format!("{indent}end\n"));
            }
        }
    }
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
