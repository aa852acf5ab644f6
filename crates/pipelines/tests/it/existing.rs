//! Existing secrets that vidpipe does not own: found, refused with a hint, and never changed.
use crate::harness::Harness;
use vidpipe_aws::{
    Aws, Facts, existing_secret,
    kinds::{
        ec2::{SecurityGroup, Subnet, Vpc},
        rds::{DbInstance, DbParameterGroup, DbSubnetGroup},
    },
};
use vidpipe_engine::{Class, Error, Graph};
use vidpipe_sandbox::{Clock, Conditions, Fault};

const LOGIN: [&str; 2] = ["username", "password"];
const VALUE: &str = "hunter2-hunter2-hunter2";

async fn put(harness: &Harness, name: &str, text: &str) -> String {
    let key = harness.aws.kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    // The second call fails because the alias exists.
    let _ = harness.aws.kms.create_alias().alias_name("alias/theirs").target_key_id(key).send().await;
    let call = harness.aws.secrets.create_secret().name(name).kms_key_id("alias/theirs").secret_string(text);
    call.send().await.unwrap().arn.unwrap()
}

fn login() -> String {
    format!(r#"{{"username":"admin","password":"{VALUE}"}}"#)
}

/// The refusal, which must not contain a value.
async fn refused(harness: &Harness, of: &str, keys: &[&str]) -> Error {
    let e = existing_secret(&harness.aws, of, keys).await.expect_err(of);
    let text = format!("{e:?} {e}");
    assert!(!text.contains("hunter2"), "{of}: a value is in the error");
    assert!(e.hint.as_ref().is_some_and(|hint| hint.len() > 10), "{of}: it says what to do: {e:?}");
    e
}

#[tokio::test(start_paused = true)]
async fn it_is_found_by_its_name_and_by_its_arn() {
    let harness = Harness::new(Clock::Instant, "").await;
    let arn = put(&harness, "theirs", &login()).await;
    let bare = put(&harness, "theirs-bare", VALUE).await;
    harness.calls.take();
    let before = harness.live();
    for of in ["theirs", arn.as_str()] {
        let found = existing_secret(&harness.aws, of, &LOGIN).await.unwrap();
        assert_eq!((found.arn.as_str(), found.name.as_str()), (arn.as_str(), "theirs"));
        assert_eq!(found.kms_key.as_deref(), Some("alias/theirs"));
    }
    assert_eq!(existing_secret(&harness.aws, "theirs-bare", &[]).await.unwrap().arn, bare);
    assert!(harness.calls.take().is_empty() && harness.live() == before, "it is only looked at");
}

#[tokio::test(start_paused = true)]
async fn what_is_of_no_use_is_refused() {
    let harness = Harness::new(Clock::Instant, "").await;
    let arn = put(&harness, "theirs", &login()).await;
    put(&harness, "theirs-text", VALUE).await;
    put(&harness, "theirs-half", &format!(r#"{{"password":"{VALUE}"}}"#)).await;
    put(&harness, "theirs-empty", &format!(r#"{{"username":"","password":"{VALUE}"}}"#)).await;
    put(&harness, "theirs-going", &login()).await;
    harness.aws.secrets.delete_secret().secret_id("theirs-going").recovery_window_in_days(7).send().await.unwrap();
    harness.aws.secrets.create_secret().name("theirs-void").send().await.unwrap();
    let (elsewhere, other) = (arn.replace("us-east-1", "eu-west-1"), arn.replace("123456789012", "999999999999"));
    let cases = [
        ("nobodys", "there is none in us-east-1"),
        ("theirs-going", "scheduled for deletion"),
        (&elsewhere, "it is in eu-west-1"),
        (&other, "of account 999999999999"),
        ("arn:aws:s3:::theirs", "not the ARN of a secret"),
        ("theirs-text", "not a JSON object"),
        ("theirs-half", "no key `username`"),
        ("theirs-empty", "key `username` is empty"),
        ("theirs-void", "can't find the specified secret value"),
    ];
    for (of, expected) in cases {
        let e = refused(&harness, of, &LOGIN).await;
        assert!(e.class == Class::Invalid && e.message.contains(expected), "{of}: {e:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_read_is_denied() {
    let harness = Harness::new(Clock::Instant, "").await;
    put(&harness, "theirs", &login()).await;
    for operation in ["DescribeSecret", "GetSecretValue"] {
        let denies = move |call: &str| (call == operation).then_some(Fault::Denied);
        harness.sandbox.set(Conditions::default().with_weather(move |asked| denies(asked.operation)));
        assert_eq!(refused(&harness, "theirs", &LOGIN).await.class, Class::Denied, "{operation}");
    }
}

fn database(facts: &Facts, secret: &str) -> Graph<Aws> {
    let mut g = Graph::default();
    let (secret, version) = (secret.to_owned(), facts.postgres_version.clone());
    let vpc = g.add("vpc", (), |()| Vpc { name: "vpc-demo".into(), cidr: "10.0.0.0/16".into() });
    let subnets: Vec<_> = (1..=2)
        .map(|i| {
            let zone = facts.zones[i - 1].clone();
            g.add(&format!("subnet-{i}"), &vpc, move |vpc| Subnet {
                name: format!("subnet-{i}-demo"),
                vpc_id: vpc.id,
                zone: zone.clone(),
                cidr: format!("10.0.{i}.0/24"),
            })
        })
        .collect();
    let group = g.add("group", &vpc, |vpc| SecurityGroup {
        name: "db-demo".into(),
        description: "database".into(),
        vpc_id: vpc.id,
    });
    let places = g.add("subnets", &subnets, |subnets| DbSubnetGroup {
        name: "db-demo".into(),
        description: "database".into(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
    });
    let family = format!("postgres{}", version.split('.').next().unwrap());
    let parameters = g.add("parameters", (), move |()| DbParameterGroup {
        name: "db-demo".into(),
        description: "database".into(),
        family: family.clone(),
    });
    g.add("database", (&places, &group, &parameters), move |(places, group, parameters)| DbInstance {
        name: "db-demo".into(),
        engine_version: version.clone(),
        class: "db.t3.medium".into(),
        storage_gib: 100,
        multi_az: true,
        db_name: "videos".into(),
        username: "admin_user".into(),
        master_secret_arn: secret.clone(),
        backup_retention_days: 7,
        iam_authentication: true,
        deletion_protection: false,
        auto_minor_version_upgrade: true,
        kms_key: None,
        subnet_group: places.name,
        security_group_ids: vec![group.id],
        parameter_group: parameters.name,
    });
    g
}

#[tokio::test(start_paused = true)]
async fn a_database_with_an_existing_secret_writes_nothing_to_it() {
    let harness = Harness::new(Clock::Instant, "").await;
    let arn = put(&harness, "theirs", &login()).await;
    harness.calls.take();
    let read_secret = async || {
        let seen = harness.aws.secrets.describe_secret().secret_id(&arn).send().await.unwrap();
        (seen.tags.unwrap_or_default(), seen.version_ids_to_stages.unwrap_or_default(), seen.last_changed_date)
    };
    let before = read_secret().await;
    let want = database(&harness.facts, &arn);
    harness.done(&want).await;
    assert!(!harness.plan(&want).changes());
    harness.down().await;
    let calls = harness.calls.take();
    assert!(calls.contains_key("RDS CreateDBInstance"), "{calls:?}");
    assert!(calls.keys().all(|call| !call.starts_with("Secrets Manager")), "{calls:?}");
    assert_eq!(read_secret().await, before);
}
