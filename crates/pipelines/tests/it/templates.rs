//! What `init` writes says what the code does.

use std::collections::BTreeSet;

use serde_json::Value;
use vidpipe_pipelines::spec::{Pipeline, Spec, template};

use crate::load;

fn text() -> String {
    template(Pipeline::Streamtech).expect("streamtech is built")
}

fn defaults() -> Spec {
    Spec::defaults(Pipeline::Streamtech).expect("streamtech is built")
}

/// The template with every setting in force.
fn uncommented() -> String {
    let setting = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
    let lines = text();
    let lines = lines.lines().map(|line| if setting(line) { &line[1..] } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn it_reads_well() {
    insta::assert_snapshot!(text());
}

#[test]
fn it_means_the_defaults() {
    assert_eq!(load(&text()).expect("a good template"), defaults());
}

#[test]
fn every_line_uncommented_means_the_defaults_too() {
    assert_eq!(load(&uncommented()).expect("a good template"), defaults());
}

#[test]
fn it_has_every_setting_and_no_other() {
    let spec = serde_json::to_value(defaults()).expect("a spec serialises");
    let table: toml::Table = uncommented().parse().expect("TOML");
    let template = serde_json::to_value(table).expect("TOML has a JSON form");
    assert_eq!(keys("", &template), keys("", &spec));
}

#[test]
fn there_is_none_for_what_is_not_built() {
    assert!(template(Pipeline::Streamflix).is_err());
}

fn keys(path: &str, value: &Value) -> BTreeSet<String> {
    let Value::Object(map) = value else { return BTreeSet::from([path.to_owned()]) };
    let inner = map.iter().flat_map(|(key, value)| keys(&format!("{path}.{key}"), value));
    inner.chain([path.to_owned()]).collect()
}
