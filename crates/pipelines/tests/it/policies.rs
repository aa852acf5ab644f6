//! The policies of the user guide: they are what the kinds declare, and each fits in a managed policy.
use crate::{graph::new_plan, load};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::PathBuf};
use vidpipe_aws::{KINDS, kinds};
use vidpipe_engine::Step;
use vidpipe_pipelines::{
    policy::{LARGEST, policies, size},
    requirements,
};

/// The pipelines, and for each specs that together use every kind it can use but the account's own.
const PIPELINES: [(&str, &[&str]); 3] = [
    ("streamtech", &["", "[encryption]\ncustomer_managed_key = false\n"]),
    ("streamtech-tokyo", &["pipeline = \"streamtech-tokyo\"\n"]),
    (
        "streamflix",
        &[
            "pipeline = \"streamflix\"\n[alerts]\nemail = \"ops@example.com\"\n",
            "pipeline = \"streamflix\"\n[stream]\nmode = \"on_demand\"\n[metadata]\nmigrations = \"off\"\n",
        ],
    ),
];

fn steps(specs: &[&str]) -> Vec<Step> {
    specs.iter().flat_map(|text| new_plan(text, "sfx-of-all").steps).collect()
}

fn of(specs: &[&str]) -> Vec<Value> {
    let spec = load(specs[0]).unwrap();
    let requirements = requirements(&spec);
    let secrets: Vec<&str> =
        requirements.login.map(|login| login.secret).into_iter().chain(requirements.api_key).collect();
    policies(steps(specs).iter(), "sfx-of-all", &secrets)
}

fn file(pipeline: &str, number: usize) -> PathBuf {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/src");
    PathBuf::from(guide).join(format!("permissions-{pipeline}-{number}.json"))
}

#[test]
#[allow(clippy::disallowed_methods, reason = "files for readers, written when asked to")]
fn the_guide_has_the_policies_that_the_kinds_declare() {
    let update = std::env::var_os("VIDPIPE_UPDATE_DOCS").is_some();
    for (pipeline, specs) in PIPELINES {
        let policies = of(specs);
        for (number, policy) in (1..).zip(&policies) {
            assert!(size(policy) <= LARGEST, "{pipeline} {number}: {}", size(policy));
            let (path, text) = (file(pipeline, number), serde_json::to_string_pretty(policy).unwrap() + "\n");
            if update {
                fs::write(&path, &text).unwrap();
            }
            assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text, "run this test with VIDPIPE_UPDATE_DOCS=1");
        }
        assert!(!file(pipeline, policies.len() + 1).exists(), "a policy of {pipeline} is left over");
    }
}

#[test]
fn every_kind_and_no_other_is_in_a_pipeline() {
    let of_the_account = ["[api]\naccount_logging_role = true\n"];
    let all = PIPELINES.iter().map(|(_, specs)| *specs).chain([&of_the_account[..]]);
    let used: BTreeSet<String> = all.flat_map(steps).map(|step| step.kind).collect();
    let known: BTreeSet<String> = KINDS.iter().map(|kind| kind.name().to_owned()).collect();
    assert_eq!(used, known);
    assert!(known.iter().all(|kind| !kinds::permissions(kind).is_empty()));
}

/// No statement with an action that has a form of `*` in it is on everything, and no name is without its service.
#[test]
fn every_action_is_named() {
    for (pipeline, specs) in PIPELINES {
        for policy in of(specs) {
            for statement in policy["Statement"].as_array().unwrap() {
                let actions = match &statement["Action"] {
                    Value::Array(actions) => actions.clone(),
                    action => vec![action.clone()],
                };
                for action in actions.iter().map(|action| action.as_str().unwrap()) {
                    let (service, name) = action.split_once(':').unwrap();
                    assert!(!service.is_empty() && !name.is_empty(), "{pipeline}: {action}");
                    let is_wide = name.contains('*') && statement.get("Condition").is_none();
                    assert!(!is_wide, "{pipeline}: {action} without a condition");
                }
                assert!(!statement.to_string().contains("sfx-of-all"), "{pipeline}: {statement}");
            }
        }
    }
}
