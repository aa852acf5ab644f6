//! Properties that hold for every input.

use proptest::prelude::*;
use vidpipe_pipelines::spec::{Design, Pipeline, Spec, template};
use vidpipe_pipelines::suffix::Suffix;

use crate::load;

/// Specs that differ from the defaults in settings of every type.
fn specs() -> impl Strategy<Value = Spec> {
    let numbers = (20_u32..=65_536, 2_u32..=6, 1_u32..=35, 7_u32..=30, 1_u16.., 2_u32..=512);
    let texts = ("[a-z][a-z0-9_]{3,15}z", prop::collection::vec(any::<String>(), 0..4));
    let tags = prop::collection::btree_map("[b-z][a-z ._:/=+@-]{2,20}x", "[A-Za-z0-9 ]{0,40}", 0..5);
    let pipelines = prop::sample::select(&Pipeline::ALL);
    (pipelines, numbers, texts, tags, 0.1..10_000.0, any::<bool>()).prop_map(
        |(pipeline, (storage, nodes, backups, window, port, halves), (name, command), tags, rate, on)| {
            let mut spec = Spec::defaults(pipeline);
            let command = command.into_iter().map(|word| word.replace('\0', "")).collect();
            spec.protect = on;
            spec.tags.extend(tags);
            spec.encryption.deletion_window_days = window;
            match &mut spec.design {
                Design::Streamtech(own) => {
                    own.database.storage_gib = storage;
                    own.database.name = name;
                    own.database.backup_retention_days = backups;
                    own.cache.nodes = nodes;
                    own.worker.task.command = command;
                    own.api.port = port;
                    own.api.throttle_rate = rate;
                }
                Design::Streamflix(own) => {
                    own.database.name = name;
                    own.database.max_acu = f64::from(halves) / 2.0;
                    own.database.reader = on;
                    own.stream.shards = nodes;
                    own.worker.task.command = command;
                    own.worker.backoff.retry_max_delay_ms = storage * 50;
                    own.audit.log_retention_days = storage.min(36_500);
                }
            }
            spec
        },
    )
}

proptest! {
    #[test]
    fn a_spec_written_as_toml_is_read_back_the_same(spec in specs()) {
        let text = toml::to_string(&spec).expect("a spec has a TOML form");
        prop_assert_eq!(load(&text).map_err(|errors| errors.to_string()), Ok(spec));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        if let Err(errors) = load(&text) {
            prop_assert!(!errors.problems().is_empty());
            prop_assert!(!errors.to_string().is_empty());
        }
    }

    #[test]
    fn no_nearly_good_text_makes_it_panic(
        key in "(\\[)?[a-z_.\"]{0,12}(\\])?",
        value in "[0-9a-zé\"'\\[\\]{}=\\\\#\n\t -]{0,24}",
        at in any::<prop::sample::Index>(),
        pipeline in prop::sample::select(&Pipeline::ALL),
    ) {
        let mut text = template(pipeline);
        let places: Vec<usize> = text.match_indices('\n').map(|(place, _)| place + 1).collect();
        text.insert_str(*at.get(&places), &format!("{key} = {value}\n"));
        if let Err(errors) = load(&text) {
            for problem in errors.problems() {
                prop_assert!(problem.line >= 1 && problem.column >= 1);
                prop_assert!(problem.line <= text.matches('\n').count() + 1);
            }
            prop_assert!(!errors.render(true).is_empty());
        }
    }

    #[test]
    fn no_credential_is_ever_shown(
        key in "(db_)?(password|passwd|secret|token|private_key|secretKey)",
        before in "[ -~]{0,20}",
        after in "[ -~]{0,20}",
        open in "(\"|'|\"\"\"|'''|\\[\"|\\{ a = \"|)",
        next in "\n{0,2}[ -~]{0,20}",
    ) {
        let secret = "c0rrect-h0rse";
        let text = format!("{before}\n{key} = {open}{secret}{after}{next}\n");
        if let Err(errors) = load(&text) {
            let rendered = format!("{errors}{errors:?}");
            prop_assert!(!rendered.contains(secret), "{}\n{}", text, rendered);
        }
    }

    #[test]
    fn a_suffix_is_what_the_rule_says(text in "[a-z0-9-]{0,20}|[ -~]{0,6}|\\PC{0,6}") {
        let parts: Vec<&str> = text.split('-').collect();
        let plain = parts.iter().all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        let form = plain
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && (2..=18).contains(&text.len());
        let reserved = text.starts_with("aws")
            || ["default", "internal", "sg"].contains(&text.as_str())
            || ["s3alias", "ol-s3", "x-s3", "mrap"].iter().any(|end| text.ends_with(end));
        prop_assert_eq!(Suffix::parse(&text).is_ok(), form && !reserved);
    }

    #[test]
    fn a_suffix_error_is_one_line_and_its_suggestion_is_valid(text in any::<String>()) {
        if let Err(error) = Suffix::parse(&text) {
            prop_assert!(!error.to_string().chars().any(char::is_control));
            let hint = error.hint();
            let suggested = hint.split('"').nth(1).expect("a hint quotes a suffix");
            prop_assert!(Suffix::parse(suggested).is_ok(), "{}", hint);
        }
    }
}
