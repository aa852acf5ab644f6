//! The template that `init` writes matches the code.

use std::collections::BTreeSet;

use serde_json::Value;
use vidpipe_pipelines::spec::{Pipeline, Spec, template};

use crate::load;

/// The template with every setting uncommented.
fn uncommented(pipeline: Pipeline) -> String {
    let setting = |line: &str| line.starts_with('#') && !line.starts_with("# ") && line != "#";
    let text = template(pipeline);
    let lines = text.lines().map(|line| if setting(line) { &line[1..] } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn it_reads_well() {
    insta::assert_snapshot!(template(Pipeline::Streamtech));
    for pipeline in [Pipeline::StreamtechTokyo, Pipeline::Streamflix] {
        insta::assert_snapshot!(pipeline.name(), template(pipeline));
    }
}

#[test]
fn it_means_the_defaults() {
    for pipeline in Pipeline::ALL {
        assert_eq!(load(&template(pipeline)).expect("a good template"), Spec::defaults(pipeline));
    }
}

#[test]
fn every_line_uncommented_means_the_defaults_too() {
    for pipeline in Pipeline::ALL {
        assert_eq!(load(&uncommented(pipeline)).expect("a good template"), Spec::defaults(pipeline));
    }
}

#[test]
fn it_has_every_setting_and_no_other() {
    for pipeline in Pipeline::ALL {
        let spec = serde_json::to_value(Spec::defaults(pipeline)).expect("a spec serialises");
        let table: toml::Table = uncommented(pipeline).parse().expect("TOML");
        let template = serde_json::to_value(table).expect("TOML has a JSON form");
        assert_eq!(keys("", &template), keys("", &spec), "{pipeline}");
    }
}

fn keys(path: &str, value: &Value) -> BTreeSet<String> {
    let Value::Object(map) = value else { return BTreeSet::from([path.to_owned()]) };
    let inner = map.iter().flat_map(|(key, value)| keys(&format!("{path}.{key}"), value));
    inner.chain([path.to_owned()]).collect()
}
