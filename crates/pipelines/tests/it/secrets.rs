//! No generated password or key is ever in the state, in an event, or in an error.
use crate::world::{PLENTY, World};
use serde_json::Value;
use vidpipe_engine::{Cx, Error, Graph, Name, Token};
use vidpipe_sandbox::Clock;

/// The secrets stand on nothing then, and can be made first.
const OWN_KEYS: &str = "[encryption]\ncustomer_managed_key = false\n";

/// Every generated value that exists, as the sandbox has it.
async fn generated(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    for name in ["db-secret-demo", "api-secret-demo"] {
        let Ok(seen) = world.aws.secrets.get_secret_value().secret_id(name).send().await else { continue };
        let text = seen.secret_string().unwrap();
        let login = serde_json::from_str::<Value>(text).ok();
        found.push(login.and_then(|l| Some(l["password"].as_str()?.to_owned())).unwrap_or_else(|| text.to_owned()));
    }
    let keys = world.aws.apigateway.get_api_keys().include_values(true).send().await.unwrap();
    found.extend(keys.items().iter().filter_map(|key| key.value().map(str::to_owned)));
    assert!(!found.is_empty() && found.iter().all(|value| value.len() >= 20), "{} values", found.len());
    found
}

/// As they are, as a form has them, and as Debug shows them.
fn spellings(value: &str) -> [String; 3] {
    let form: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    [value.to_owned(), form, format!("{value:?}").trim_matches('"').to_owned()]
}

#[track_caller]
fn assert_hidden(values: &[String], text: &str, place: &str) {
    for (i, value) in values.iter().enumerate() {
        let shown = spellings(value).iter().any(|spelling| text.contains(spelling.as_str()));
        // Not in the message: this test's output is no better place for it.
        assert!(!shown, "generated value {i} of {} is in {place}", values.len());
    }
}

fn assert_kept(world: &World, values: &[String], at: &str) {
    let state = world.disk.borrow();
    assert_hidden(values, &serde_json::to_string(&*state).unwrap(), &format!("the state {at}"));
    assert_hidden(values, &format!("{state:?}"), &format!("the state's Debug {at}"));
    let events = world.events.borrow();
    assert_hidden(values, &serde_json::to_string(&*events).unwrap(), &format!("the events {at}"));
    assert_hidden(values, &format!("{events:?}"), &format!("the events' Debug {at}"));
}

#[tokio::test(start_paused = true)]
async fn a_whole_life_shows_none() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    let values = generated(&world).await;
    assert_eq!(values.len(), 3, "a password, a key's source, and the key");
    assert_eq!(values[1], values[2], "the key's value comes from the secret");
    let there = world.live().to_string();
    assert!(values.iter().all(|value| there.contains(value)), "what is kept in AWS is seen there");
    assert_kept(&world, &values, "after up");
    let (entries, planned) = (world.disk.borrow().entries.len(), world.plan(&Graph::default()).planned());
    assert_eq!(entries, planned.len());
    assert_hidden(&values, &serde_json::to_string(&planned).unwrap(), "the plan of down");
    world.down().await;
    assert_kept(&world, &values, "after down");
}

/// Every word of an error and of its causes.
fn told(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(error);
    while let Some(it) = cause {
        text.push_str(&format!(" {it} {it:?}"));
        cause = it.source();
    }
    text
}

/// The error of making that node, from what is known of the others.
async fn refused(world: &World, node: &str) -> Error {
    let (name, env) = (Name::from(node), world.disk.borrow().env.clone());
    let it = &world.graph(OWN_KEYS).nodes[&name];
    let mut spec = it.spec(&world.disk.borrow().known()).unwrap();
    if let Some(dbname) = spec.get_mut("dbname") {
        // What is there already is not written again.
        *dbname = "other".into();
    }
    let token = Token::new(&env.lineage, &name, 0);
    let cx = Cx { cloud: world.aws.clone(), env: env.into(), node: name, token };
    it.kind.create(&cx, &spec).await.expect_err("it is refused")
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_shows_none() {
    for (operation, node) in [
        ("CreateSecret", "db-secret"),
        ("CreateSecret", "api-secret"),
        ("CreateDBInstance", "database"),
        ("PutSecretValue", "database-connection"),
        ("CreateApiKey", "api-key"),
    ] {
        let mut world = World::refusing(Clock::Instant, OWN_KEYS, operation).await;
        let summary = world.go(&world.graph(OWN_KEYS), PLENTY).await;
        assert!(summary.failed > 0, "{operation} was refused: {summary:?}");
        assert_kept(&world, &generated(&world).await, &format!("after {operation} was refused"));
        let trouble = world.disk.borrow().entries[&node.into()].trouble.clone();
        assert!(trouble.is_some(), "{operation}: what happened is recorded");

        if operation == "CreateSecret" {
            // Every try generates another value, and only the first is kept: so this is to be the first.
            world = World::refusing(Clock::Instant, OWN_KEYS, operation).await;
        }
        let error = refused(&world, node).await;
        assert_hidden(&generated(&world).await, &told(&error), &format!("the error of {operation}"));
    }
}
