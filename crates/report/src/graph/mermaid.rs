//! The picture in Mermaid's flowchart language (<https://mermaid.js.org/syntax/flowchart.html>), which code hosts
//! render.
use super::{Part, Picture, Stroke, paint::colours};
use crate::text::clean;

/// The picture for Mermaid, for a fenced code block with that language name.
pub fn mermaid(picture: &Picture) -> String {
    let mut text = String::from("flowchart LR\n");
    let groups = picture.groups();
    write(&mut text, &picture.areas(), &groups, 1, &mut 0);
    for (from, to, stroke) in picture.arrows() {
        text.push_str(&format!("  n{from} {} n{to}\n", arrow(stroke)));
    }
    for g in 0..groups.len() {
        let (fill, border) = colours(g);
        text.push_str(&format!("  classDef c{g} fill:{fill},stroke:{border},color:#0f172a\n"));
    }
    text
}

/// Writes the parts, and the areas among them as subgraphs. Names may be keywords of the language, so boxes and
/// subgraphs are identified by number.
fn write(text: &mut String, parts: &[Part<'_>], groups: &[&str], depth: usize, subgraphs: &mut usize) {
    let indent = "  ".repeat(depth);
    for part in parts {
        match part {
            Part::Node(n, node) => {
                let (name, kind) = (escaped(&node.name), escaped(&node.kind));
                let g = groups.iter().position(|group| *group == node.group).unwrap_or_default();
                text.push_str(&format!("{indent}n{n}[\"{name}<br/><small>{kind}</small>\"]:::c{g}\n"));
            }
            Part::Area(area, inside) => {
                text.push_str(&format!("{indent}subgraph g{subgraphs}[\"{}\"]\n", escaped(area)));
                *subgraphs += 1;
                write(text, inside, groups, depth + 1, subgraphs);
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
