//! The SVG and the HTML page.
use super::runs::{Events, failed, killed, older, swept, up};
use crate::world::at;
use roxmltree::{Document, Node, ParsingOptions};
use sha2::{Digest, Sha256};
use std::time::Duration;
use vidpipe_engine::event::{Event, Fault, Op};
use vidpipe_report::timeline::{Difference, Timeline, html, svg};

fn run(events: &Events) -> Timeline {
    Timeline::of(events).unwrap()
}

/// Every test run, by name, as an SVG and as a page.
fn pages() -> Vec<(&'static str, String, String)> {
    let runs = [
        ("up", up(0, &[])),
        ("slow", up(86_400, &[("database", 1.42), ("load-balancer", 0.8)])),
        ("failed", failed()),
        ("killed", killed(200)),
        ("older", older()),
        ("swept", swept()),
        ("hostile", hostile()),
        ("empty", up(0, &[])[..1].to_vec()),
    ];
    let earlier = run(&up(0, &[]));
    let drawn = |(name, events): (&'static str, Events)| {
        let run = run(&events);
        let against = (name == "slow").then(|| Difference::of(&run, &earlier));
        (name, svg(&run), html(&run, against.as_ref()))
    };
    runs.into_iter().map(drawn).collect()
}

const BREAKOUT: &str = "</script></style></title></svg><script>alert(1)</script><img src=x onerror=alert(1)>\" ' onload=\"alert(1)\" &amp; \u{1b}[31m\u{0}\u{202e}\u{fffe}]]>--><!--";

/// A run in which every text tries to break out of its context.
fn hostile() -> Events {
    let (node, op) = (vidpipe_engine::Name(BREAKOUT.into()), Op::Ensure);
    let error = || Fault {
        message: BREAKOUT.into(),
        call: Some(BREAKOUT.into()),
        code: Some(BREAKOUT.into()),
        request_id: Some(BREAKOUT.into()),
        hint: Some(BREAKOUT.into()),
    };
    let pause = Duration::from_secs(3);
    let mut events = up(0, &[])[..3].to_vec();
    if let (_, Event::Began { command, pipeline, suffix, region, .. }) = &mut events[0] {
        for word in [command, pipeline, suffix, region] {
            *word = BREAKOUT.into();
        }
    }
    if let (_, Event::Planned { tasks, .. }) = &mut events[1] {
        tasks[0].node = node.clone();
        tasks[0].kind = BREAKOUT.into();
    }
    let more = [
        Event::Started { node: node.clone(), op },
        Event::Queued { node: node.clone(), op, budget: BREAKOUT.into(), pause },
        Event::Called { node: node.clone(), op, call: BREAKOUT.into(), reads: false, took: Duration::from_secs(2) },
        Event::Retrying { node: node.clone(), op, error: error(), pause, left: Some(pause) },
        Event::Waiting { node: node.clone(), op, why: BREAKOUT.into() },
        Event::Waiting { node: node.clone(), op, why: "and then".into() },
        Event::Failed { node: node.clone(), op, error: error() },
        Event::Skipped { node: "vpc".into(), op, because: node },
        Event::Ended { done: 0, failed: 1, skipped: 1, took: Duration::from_secs(80) },
    ];
    events.extend(more.into_iter().enumerate().map(|(n, e)| (at(10_000 * i64::try_from(n).unwrap()), e)));
    events
}

fn parsed(text: &str) -> Document<'_> {
    Document::parse_with_options(text, ParsingOptions { allow_dtd: true, ..ParsingOptions::default() }).unwrap()
}

fn of<'a>(doc: &'a Document<'_>, tag: &str) -> Vec<Node<'a, 'a>> {
    doc.descendants().filter(|n| n.tag_name().name() == tag).collect()
}

#[test]
fn every_picture_is_whole() {
    for (name, svg, html) in pages() {
        assert!(svg.starts_with("<svg "), "{name}");
        assert!(html.starts_with("<!DOCTYPE html>\n"), "{name}");
        let (picture, page) = (parsed(&svg), parsed(&html));
        for doc in [&picture, &page] {
            for number in ["x", "y", "width", "height", "x1", "x2", "y1", "y2"] {
                let values = doc.descendants().filter_map(|n| n.attribute(number)).filter(|v| *v != "100%");
                let sane = |v: &str| v.parse::<f64>().is_ok_and(|v| (-20.0..1e5).contains(&v));
                assert!(values.clone().all(sane), "{name}: {number}: {:?}", values.collect::<Vec<_>>());
            }
        }
    }
}

#[test]
fn text_from_a_run_stays_text() {
    let (_, svg, html) = pages().into_iter().find(|p| p.0 == "hostile").unwrap();
    let (picture, page) = (parsed(&svg), parsed(&html));
    assert_eq!(of(&page, "script").len(), 1);
    assert_eq!(of(&page, "style").len(), 1);
    assert!(of(&picture, "script").is_empty());
    for doc in [&picture, &page] {
        assert!(of(doc, "img").is_empty());
        let handler = |n: &Node<'_, '_>| n.attributes().any(|a| a.name().starts_with("on"));
        assert!(!doc.descendants().any(|n| handler(&n)));
        let visible =
            doc.descendants().filter(|n| n.text().is_some_and(|t| t.contains("<img src=x onerror=alert(1)>")));
        assert!(visible.count() > 5, "it is shown as it is");
    }
    // As seen by an HTML parser: only vidpipe's own markup opens or closes a script or a style.
    assert_eq!(html.matches("<script").count(), 1);
    assert_eq!(html.matches("</script").count(), 1);
    assert_eq!(html.matches("</style").count(), 1);
    assert!(!html.contains('\u{1b}') && !html.contains('\u{202e}') && !html.contains('\0'));
}

#[test]
fn nothing_is_asked_for_from_anywhere() {
    for (name, svg, html) in pages() {
        let svg = svg.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for text in [&svg, &html] {
            for asking in ["http:", "https:", "//", "url(", "@import", "src=", "href", "<link", "<iframe", "<object"] {
                // In the hostile run, these strings are only text.
                let loads = text.contains(asking) && name != "hostile";
                assert!(!loads, "{name}: {asking}");
            }
        }
        let page = parsed(&html);
        assert!(page.descendants().all(|n| n.attribute("src").is_none() && n.attribute("href").is_none()));
    }
}

#[test]
fn the_policy_names_the_style_and_the_script_and_allows_nothing_else() {
    for (name, _, html) in pages() {
        let page = parsed(&html);
        let metas = of(&page, "meta");
        let policy = metas.iter().find(|m| m.attribute("http-equiv") == Some("Content-Security-Policy")).unwrap();
        let between = |tag: &str| {
            let (_, rest) = html.split_once(&format!("<{tag}>")).unwrap();
            base64(&Sha256::digest(rest.split_once(&format!("</{tag}>")).unwrap().0))
        };
        let (style, script) = (between("style"), between("script"));
        let expected = format!(
            "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
        );
        assert_eq!(policy.attribute("content"), Some(&*expected), "{name}");
        assert!(page.descendants().all(|n| n.attribute("style").is_none()), "{name}: the policy allows no such style");
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let all = three.iter().chain([0, 0].iter()).take(3).fold(0_u32, |all, b| all << 8 | u32::from(*b));
        for n in 0..4 {
            let letter = char::from(LETTERS[(all >> (18 - 6 * n)) as usize & 63]);
            text.push(if n <= three.len() { letter } else { '=' });
        }
    }
    text
}

#[test]
fn the_bars_are_where_their_times_are() {
    let events = up(0, &[]);
    let text = svg(&run(&events));
    let doc = parsed(&text);
    let rows: Vec<Node<'_, '_>> =
        doc.descendants().filter(|n| n.attribute("class").is_some_and(|c| c.starts_with("row"))).collect();
    let bar = |name: &str| {
        let title = |n: &Node<'_, '_>| n.text().is_some_and(|t| t.starts_with(name));
        let row = rows
            .iter()
            .find(|r| r.children().any(|c| c.has_tag_name(("http://www.w3.org/2000/svg", "title")) && title(&c)));
        let row = row.unwrap_or_else(|| panic!("{name} has a row"));
        let bar = row.children().find(|c| c.attribute("class") == Some("work")).unwrap();
        let number = |a: &str| bar.attribute(a).unwrap().parse::<f64>().unwrap();
        (number("x"), number("x") + number("width"), row.attribute("class").unwrap())
    };
    let (database, api, worker) = (bar("database ("), bar("api ("), bar("worker ("));
    assert!(database.1 < api.0 && (api.0 - worker.0).abs() < 1.0 && worker.1 < api.1);
    assert_eq!((database.2, worker.2), ("row critical", "row"));
    let width: f64 = doc.root_element().attribute("width").unwrap().parse().unwrap();
    assert!(rows.len() > 10 && api.1 < width);
}

/// `VIDPIPE_PAGES=/tmp cargo test` writes them to a folder, for inspection.
#[test]
fn the_same_run_is_always_the_same_picture() {
    let (once, again) = (pages(), pages());
    assert_eq!(once, again);
    let Some(folder) = std::env::var_os("VIDPIPE_PAGES") else { return };
    for (name, svg, html) in once {
        let path = std::path::Path::new(&folder).join(name);
        std::io::Write::write_all(&mut std::fs::File::create(path.with_extension("svg")).unwrap(), svg.as_bytes())
            .unwrap();
        std::io::Write::write_all(&mut std::fs::File::create(path.with_extension("html")).unwrap(), html.as_bytes())
            .unwrap();
    }
}
