//! The picture in Graphviz's DOT language (<https://graphviz.org/doc/info/lang.html>).
use super::{Part, Picture, Stroke};
use crate::text::clean;

/// The picture for Graphviz: `vidpipe graph --format dot | dot -Tpng`.
pub fn dot(picture: &Picture) -> String {
    let mut text = String::from("digraph pipeline {\n  rankdir=LR;\n");
    text.push_str("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11];\n");
    text.push_str("  edge [color=\"#64748b\", arrowsize=0.7];\n");
    write(&mut text, picture, &picture.areas(), 1, &mut 0);
    for (from, to, stroke) in picture.arrows() {
        let (Some(from), Some(to)) = (picture.nodes.get(from), picture.nodes.get(to)) else { continue };
        text.push_str(&format!("  {} -> {}{};\n", quoted(&from.name), quoted(&to.name), style(stroke)));
    }
    text + "}\n"
}

/// Writes the parts, and the areas among them as clusters.
fn write(text: &mut String, picture: &Picture, parts: &[Part<'_>], depth: usize, clusters: &mut usize) {
    let indent = "  ".repeat(depth);
    for part in parts {
        match part {
            Part::Node(_, node) => {
                let (label, (fill, border)) =
                    (format!("{}\\n{}", escaped(&node.name), escaped(&node.kind)), picture.colours(&node.group));
                let name = quoted(&node.name);
                let paint = format!("fillcolor=\"{fill}\", color=\"{border}\"");
                text.push_str(&format!("{indent}{name} [label=\"{label}\", {paint}];\n"));
            }
            Part::Area(area, inside) => {
                text.push_str(&format!("{indent}subgraph cluster_{clusters} {{\n"));
                text.push_str(&format!("{indent}  label={}; color=\"#64748b\";\n", quoted(area)));
                *clusters += 1;
                write(text, picture, inside, depth + 1, clusters);
                text.push_str(&format!("{indent}}}\n"));
            }
        }
    }
}

const fn style(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Ready => "",
        Stroke::Known => " [style=dashed]",
        Stroke::Value => " [style=dashed, color=\"#cbd5e1\"]",
        Stroke::Removal => " [style=dotted, arrowhead=empty]",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    clean(text).replace('\\', "\\\\").replace('"', "\\\"")
}
