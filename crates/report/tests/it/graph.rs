//! Pictures: as text for other programs, and as an SVG rendered by this crate.
use roxmltree::Document;
use vidpipe_engine::Needs;
use vidpipe_report::graph::{Edge, Node, Picture, dot, mermaid, svg};

/// Parses a picture from lines of `name kind uses..`. `?` needs known values only, `~` reads values, `!` is an order of
/// removal.
fn picture(text: &str) -> Picture {
    let mut picture = Picture::default();
    for line in text.lines() {
        let mut words = line.split(' ');
        let (name, kind) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        for word in words {
            let (needs, holds) = match word.as_bytes()[0] {
                b'?' => (Some(Needs::Known), true),
                b'~' => (Some(Needs::Ready), false),
                b'!' => (None, true),
                _ => (Some(Needs::Ready), true),
            };
            let to = word.trim_start_matches(['?', '~', '!']).to_owned();
            picture.edges.push(Edge { from: name.clone(), to, needs, holds });
        }
        let group = kind.split(':').next().unwrap().to_owned();
        let areas = vec![group.clone()];
        picture.nodes.push(Node { name, kind, group, areas });
    }
    picture
}

fn small() -> Picture {
    picture(
        "vpc ec2:vpc\nigw ec2:internet-gateway\nsubnet ec2:subnet vpc\nnat ec2:nat-gateway subnet !igw\n\
         db rds:instance subnet vpc\nsecret secretsmanager:secret-value ?db\nalarm cloudwatch:alarm ~db",
    )
}

fn streamtech() -> Picture {
    picture(include_str!("streamtech.txt"))
}

fn hostile() -> Picture {
    let mut picture = small();
    let name = "</text>&\"';\\`<script>\u{1b}[31m\u{0}#x\u{fffe}".to_owned();
    picture.nodes.push(Node { name: name.clone(), kind: "a\"b:<c>".into(), group: "a\"b".into(), areas: vec![] });
    picture.edges.push(Edge { from: name, to: "vpc".into(), needs: Some(Needs::Ready), holds: true });
    picture
}

#[test]
fn for_graphviz() {
    insta::assert_snapshot!(dot(&small()));
}

#[test]
fn for_mermaid() {
    insta::assert_snapshot!(mermaid(&small()));
}

#[test]
fn as_svg() {
    insta::assert_snapshot!(svg(&small()));
}

#[test]
fn names_cannot_break_out_of_their_boxes() {
    let text = svg(&hostile());
    let doc = Document::parse(&text).unwrap();
    assert!(doc.descendants().all(|n| !n.has_tag_name("script")));
    assert!(doc.descendants().any(|n| n.text().is_some_and(|t| t.starts_with("</text>&\"';\\`<script>"))));
    let line = |text: String, what: &str| text.lines().find(|l| l.contains(what)).unwrap().to_owned();
    insta::assert_snapshot!(line(dot(&hostile()), "[label=\"</text>"));
    insta::assert_snapshot!(line(mermaid(&hostile()), "script"));
}

#[test]
fn an_empty_picture_is_a_picture() {
    Document::parse(&svg(&Picture::default())).unwrap();
    assert!(dot(&Picture::default()).ends_with("}\n"));
    assert_eq!(mermaid(&Picture::default()), "flowchart LR\n");
}

#[test]
fn lines_to_nowhere_are_left_out_and_circles_do_not_hang() {
    let text = svg(&picture("a x:y b missing a\nb x:y a"));
    let doc = Document::parse(&text).unwrap();
    assert_eq!(boxes(&doc).len(), 2);
}

#[test]
fn only_what_is_implied_is_left_out() {
    let arrows = |text: &str| {
        let text = svg(&picture(text));
        let doc = Document::parse(&text).unwrap();
        drawn(&doc).len()
    };
    assert_eq!(arrows("a x:y\nb x:y a\nc x:y b a"), 2, "c needs b, which needs a");
    assert_eq!(arrows("a x:y\nb x:y a\nc x:y ?b a"), 3, "c does not need b ready, so its need of a is its own");
    assert_eq!(arrows("a x:y\nb x:y !a\nc x:y b a"), 3, "an order of removal says nothing of making");
}

/// The paths of the arrows, without those in the legend.
fn drawn<'a>(doc: &'a Document<'_>) -> Vec<&'a str> {
    doc.root_element()
        .children()
        .filter(|n| n.has_tag_name("path") && n.attribute("marker-end").is_some())
        .map(|n| n.attribute("d").unwrap())
        .collect()
}

fn number(node: roxmltree::Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).unwrap().parse().unwrap()
}

/// The left edge, top edge, width and height of every box.
fn boxes(doc: &Document<'_>) -> Vec<[f64; 4]> {
    let titled = |n: &roxmltree::Node<'_, '_>| n.has_tag_name("g") && n.children().any(|c| c.has_tag_name("title"));
    let rect = |n: roxmltree::Node<'_, '_>| {
        let rect = n.children().find(|c| c.has_tag_name("rect")).unwrap();
        ["x", "y", "width", "height"].map(|a| number(rect, a))
    };
    doc.descendants().filter(titled).map(rect).collect()
}

#[test]
fn a_whole_pipeline_is_drawn_without_overlaps() {
    let picture = streamtech();
    assert!(picture.nodes.len() > 85, "{}", picture.nodes.len());
    let text = svg(&picture);
    let doc = Document::parse(&text).unwrap();
    let boxes = boxes(&doc);
    assert_eq!(boxes.len(), picture.nodes.len());
    let root = doc.root_element();
    let (width, height) = (number(root, "width"), number(root, "height"));
    for (n, [x, y, w, h]) in boxes.iter().enumerate() {
        assert!(*x > 0.0 && *y > 0.0 && x + w < width && y + h < height, "a box is outside");
        for [ox, oy, ow, oh] in &boxes[n + 1..] {
            assert!(x + w <= *ox || ox + ow <= *x || y + h <= *oy || oy + oh <= *y, "two boxes overlap");
        }
    }
}

#[test]
fn every_arrow_goes_forward() {
    let text = svg(&streamtech());
    let doc = Document::parse(&text).unwrap();
    let arrows = drawn(&doc);
    assert!(arrows.len() > 90, "{}", arrows.len());
    for d in arrows {
        let numbers: Vec<f64> = d.split([' ', 'M', 'C', 'H']).filter_map(|n| n.parse().ok()).collect();
        assert!(numbers[0] < numbers[numbers.len() - 2], "{d}");
    }
}
