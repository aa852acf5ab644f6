//! The picture in Graphviz's DOT language (<https://graphviz.org/doc/info/lang.html>).
use super::{Picture, Stroke, paint::colours};
use crate::text::clean;

/// The picture for Graphviz: `vidpipe graph --format dot | dot -Tpng`.
pub fn dot(picture: &Picture) -> String {
    let mut text = String::from("digraph pipeline {\n  rankdir=LR;\n");
    text.push_str("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11];\n");
    text.push_str("  edge [color=\"#64748b\", arrowsize=0.7];\n");
    for (n, group) in picture.groups().iter().enumerate() {
        let (fill, border) = colours(n);
        text.push_str(&format!("  subgraph {} {{\n", quoted(&format!("cluster_{group}"))));
        text.push_str(&format!("    label={}; color=\"{border}\";\n", quoted(group)));
        text.push_str(&format!("    node [fillcolor=\"{fill}\", color=\"{border}\"];\n"));
        for node in picture.nodes.iter().filter(|b| b.group == *group) {
            let label = format!("{}\\n{}", escaped(&node.name), escaped(&node.kind));
            text.push_str(&format!("    {} [label=\"{label}\"];\n", quoted(&node.name)));
        }
        text.push_str("  }\n");
    }
    for (from, to, stroke) in picture.arrows() {
        let (Some(from), Some(to)) = (picture.nodes.get(from), picture.nodes.get(to)) else { continue };
        text.push_str(&format!("  {} -> {}{};\n", quoted(&from.name), quoted(&to.name), style(stroke)));
    }
    text + "}\n"
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
