//! The texts vidpipe writes for people and other programs: help, specs, drawings, completions, manual pages.
use crate::harness::Harness;
use insta::assert_snapshot;
use std::fs;

const COMMANDS: [&str; 11] =
    ["up", "down", "plan", "status", "timeline", "outputs", "verify", "init", "graph", "completions", "man"];

#[test]
fn help() {
    let harness = Harness::empty();
    let ran = harness.run("--help").ends(0);
    assert_eq!(ran.stderr, "");
    assert_snapshot!("help", ran.stdout);
    for command in COMMANDS {
        assert_snapshot!(format!("help_{command}"), harness.run(&format!("{command} --help")).ends(0).stdout);
    }
}

#[test]
fn version() {
    let version = concat!("vidpipe ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(Harness::empty().run("--version").ends(0).stdout, version);
}

#[test]
fn other_names_of_commands() {
    let harness = Harness::empty();
    for up in ["deploy", "apply"] {
        harness.run(&format!("{up} --suffix staging --sandbox --yes")).ends(0);
    }
    for plan in ["preview", "diff"] {
        harness.run(&format!("{plan} --suffix staging --sandbox --detailed-exitcode")).ends(0);
    }
    harness.run("destroy --suffix staging --sandbox --yes").ends(0);
}

#[test]
fn a_spec_that_says_what_the_defaults_say() {
    let harness = Harness::empty();
    let defaults = harness.run("plan --suffix staging --sandbox -o json").ends(0).stdout;
    harness.run("init").ends(0);
    let text = fs::read_to_string(harness.here().join("vidpipe.toml")).unwrap();
    assert_eq!(harness.run("plan --suffix staging --sandbox -o json").ends(0).stdout, defaults);
    assert_eq!(harness.run("init --config -").ends(0).stdout, text);

    harness.write("vidpipe.toml", "pipeline = \"streamtech\" # mine\n");
    assert_snapshot!("init_again", harness.run("init").ends(6).text());
    assert_eq!(fs::read_to_string(harness.here().join("vidpipe.toml")).unwrap(), "pipeline = \"streamtech\" # mine\n");
}

/// Every setting of the template can be enabled as it stands.
#[test]
fn a_spec_with_every_setting_turned_on() {
    let harness = Harness::empty();
    let defaults = harness.run("plan --suffix staging --sandbox -o json").ends(0).stdout;
    let template = harness.run("init --config -").ends(0).stdout;
    let on: Vec<&str> =
        template.lines().map(|l| l.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(l)).collect();
    assert_ne!(on.join("\n"), template);
    harness.write("vidpipe.toml", on.join("\n"));
    assert_eq!(harness.run("plan --suffix staging --sandbox -o json").ends(0).stdout, defaults);
}

#[test]
fn pictures() {
    let harness = Harness::empty();
    let picture = |format: &str| harness.run(&format!("graph --format {format}")).ends(0).stdout;
    let (dot, mermaid, svg) = (picture("dot"), picture("mermaid"), picture("svg"));
    assert!(dot.starts_with("digraph") && dot.trim_end().ends_with('}'), "{dot}");
    assert!(mermaid.contains("flowchart") || mermaid.contains("graph "), "{mermaid}");
    assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{svg}");
    assert!(svg.trim_end().ends_with("</svg>"));
    for drawn in [&dot, &mermaid, &svg] {
        let main = ["private subnets", "database", "cache", "video-processor"];
        assert!(main.iter().all(|node| drawn.contains(node)) && !drawn.contains("vpc-dns"), "{drawn}");
    }
    assert_eq!(harness.run("graph").ends(0).stdout, mermaid);
    for format in ["dot", "mermaid", "svg"] {
        let all = picture(&format!("{format} --all"));
        assert!(
            ["vpc-dns", "private-1-default-route", "video-processor-log-group"].iter().all(|n| all.contains(n)),
            "{all}"
        );
    }
}

/// The main resources, the areas they are in, and which use which.
#[test]
fn overviews() {
    for pipeline in ["streamtech", "streamtech-tokyo", "streamflix"] {
        let picture = Harness::empty().run(&format!("graph --pipeline {pipeline}")).ends(0).stdout;
        assert_snapshot!(format!("overview_{pipeline}"), picture);
    }
}

#[test]
fn completions() {
    let harness = Harness::empty();
    for shell in ["bash", "zsh", "fish"] {
        let script = harness.run(&format!("completions {shell}")).ends(0).stdout;
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}: {script}");
        assert!(script.contains("suffix"), "{shell}: {script}");
    }
}

#[test]
fn manual_pages() {
    let harness = Harness::empty();
    harness.run("man --dir pages/man1").ends(0);
    let mut pages: Vec<String> = fs::read_dir(harness.here().join("pages/man1"))
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    for command in COMMANDS {
        assert!(pages.contains(&format!("vidpipe-{command}.1")), "{pages:?}");
    }
    // Every page that a page refers to exists.
    for page in &pages {
        let text = fs::read_to_string(harness.here().join("pages/man1").join(page)).unwrap();
        for named in text.lines().filter_map(|l| l.strip_suffix("(1)")).map(|l| l.replace('\\', "")) {
            assert!(pages.contains(&format!("{named}.1")), "{page} names {named}(1), of {pages:?}");
        }
    }
    let main = harness.run("man").ends(0).stdout;
    assert!(main.contains(".TH vidpipe 1"), "{main}");
}
