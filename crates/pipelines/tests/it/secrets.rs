//! No generated password or key is ever in the state, in an event, or in an error.
use crate::harness::{Harness, PLENTY};
use serde_json::Value;
use vidpipe_engine::{Cx, Error, Graph, Name, Token};
use vidpipe_sandbox::Clock;

/// With this spec the secrets have no dependencies and can be created first.
const OWN_KEYS: &str = "[encryption]\ncustomer_managed_key = false\n";

/// Every generated value that exists in the sandbox.
async fn generated(harness: &Harness) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["db-secret-demo", "api-secret-demo"] {
        let Ok(seen) = harness.aws.secrets.get_secret_value().secret_id(name).send().await else { continue };
        let text = seen.secret_string().unwrap();
        let login = serde_json::from_str::<Value>(text).ok();
        found.push(login.and_then(|l| Some(l["password"].as_str()?.to_owned())).unwrap_or_else(|| text.to_owned()));
    }
    let keys = harness.aws.apigateway.get_api_keys().include_values(true).send().await.unwrap();
    found.extend(keys.items().iter().filter_map(|key| key.value().map(str::to_owned)));
    assert!(!found.is_empty() && found.iter().all(|value| value.len() >= 20), "{} values", found.len());
    found
}

/// The value as is, form-encoded, and in Debug format.
fn spellings(value: &str) -> [String; 3] {
    let form: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    [value.to_owned(), form, format!("{value:?}").trim_matches('"').to_owned()]
}

#[track_caller]
fn assert_hidden(values: &[String], text: &str, place: &str) {
    for (i, value) in values.iter().enumerate() {
        let found = spellings(value).iter().any(|spelling| text.contains(spelling.as_str()));
        // The value itself is not in the message, since test output must not contain it either.
        assert!(!found, "generated value {i} of {} is in {place}", values.len());
    }
}

fn assert_kept(harness: &Harness, values: &[String], at: &str) {
    let state = harness.disk.borrow();
    assert_hidden(values, &serde_json::to_string(&*state).unwrap(), &format!("the state {at}"));
    assert_hidden(values, &format!("{state:?}"), &format!("the state's Debug {at}"));
    let events = harness.events.borrow();
    assert_hidden(values, &serde_json::to_string(&*events).unwrap(), &format!("the events {at}"));
    assert_hidden(values, &format!("{events:?}"), &format!("the events' Debug {at}"));
}

#[tokio::test(start_paused = true)]
async fn a_whole_life_shows_none() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let values = generated(&harness).await;
    assert_eq!(values.len(), 3, "a password, a key's source, and the key");
    assert_eq!(values[1], values[2], "the key's value comes from the secret");
    let there = harness.live().to_string();
    assert!(values.iter().all(|value| there.contains(value)), "what is kept in AWS is seen there");
    assert_kept(&harness, &values, "after up");
    let (entries, planned) = (harness.disk.borrow().entries.len(), harness.plan(&Graph::default()).planned());
    assert_eq!(entries, planned.len());
    assert_hidden(&values, &serde_json::to_string(&planned).unwrap(), "the plan of down");
    harness.down().await;
    assert_kept(&harness, &values, "after down");
}

/// The complete text of an error and of its causes.
fn full_text(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        text.push_str(&format!(" {it} {it:?}"));
        cause = it.source();
    }
    text
}

/// The error from creating that node, given the outputs of the others.
async fn refused(harness: &Harness, node: &str) -> Error {
    let (name, env) = (Name::from(node), harness.disk.borrow().env.clone());
    let it = &harness.graph(OWN_KEYS).nodes[&name];
    let mut spec = it.spec(&harness.disk.borrow().known()).unwrap();
    if let Some(dbname) = spec.get_mut("dbname") {
        // Existing contents are not written again.
        *dbname = "other".into();
    }
    let token = Token::new(&env.lineage, &name, 0);
    let cx = Cx { cloud: harness.aws.clone(), env: env.into(), node: name, token };
    it.kind.create(&cx, &spec).await.expect_err("it is refused")
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_shows_none() {
    for (operation, node) in [
        ("CreateSecret", "db-secret"),
        ("CreateSecret", "api-secret"),
        ("CreateDBInstance", "database"),
        ("PutSecretValue", "database-connection-details"),
        ("CreateApiKey", "api-key"),
    ] {
        let mut harness = Harness::refusing(Clock::Instant, OWN_KEYS, operation).await;
        let summary = harness.go(&harness.graph(OWN_KEYS), PLENTY).await;
        assert!(summary.failed > 0, "{operation} was refused: {summary:?}");
        assert_kept(&harness, &generated(&harness).await, &format!("after {operation} was refused"));
        let trouble = harness.disk.borrow().entries[&node.into()].trouble.clone();
        assert!(trouble.is_some(), "{operation}: what happened is recorded");

        if operation == "CreateSecret" {
            // Every attempt generates another value and only the first is kept, so this must be the first.
            harness = Harness::refusing(Clock::Instant, OWN_KEYS, operation).await;
        }
        let error = refused(&harness, node).await;
        assert_hidden(&generated(&harness).await, &full_text(&error), &format!("the error of {operation}"));
    }
}
