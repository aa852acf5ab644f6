//! Plans, for people and for programs.
use crate::world::forecast;
use serde_json::{Value, json};
use std::time::Duration;
use vidpipe_engine::{Action, Name, Step, event::Forecast};
use vidpipe_report::{
    TermStyle,
    plan::{changes, consent, human, json as plan_json, losses},
};

fn step(name: &str, kind: &str, action: Action, old: Option<Value>, spec: Option<Value>) -> Step {
    Step { spec, old, ..Step::new(&name.into(), kind, action) }
}

fn database(name: &str, class: &str) -> Value {
    json!({ "name": name, "class": class, "subnets": ["subnet-1", "subnet-2"], "tags": {}, "size_gib": 100 })
}

fn steps() -> Vec<Step> {
    use Action::{Create, Decide, Delete, Keep, Recheck, Replace, Resume, Update};
    let rows = Some("every row of the database, and its backups");
    let group = json!({
        "vpc": "${vpc.id}", "description": "", "name": "it's \u{1b}[31mred\nhere",
        "ingress": [{ "port": 5432, "from": "${worker-group.id}" }, { "port": 443, "from": "10.0.0.0/16" }], "egress": []
    });
    let vpc = json!({ "cidr": "10.0.0.0/16", "dns": true });
    vec![
        step("vpc", "ec2:vpc", Keep, Some(vpc.clone()), Some(vpc)),
        step("database-group", "ec2:security-group", Create, None, Some(group)),
        Step {
            data_loss: rows,
            needs_consent: true,
            fixed: vec!["name".into()],
            ..step(
                "database",
                "rds:instance",
                Replace,
                Some(database("videos", "db.t3.medium")),
                Some(database("videometadata", "db.t3.medium")),
            )
        },
        Step {
            because: Some("database".into()),
            ..step(
                "database-alarm",
                "cloudwatch:alarm",
                Replace,
                Some(json!({ "of": "db-1" })),
                Some(json!({ "of": "${database.id}" })),
            )
        },
        Step {
            data_loss: rows,
            ..step(
                "reader",
                "rds:instance",
                Update,
                Some(database("r", "db.t3.medium")),
                Some(
                    json!({ "name": "r", "class": "db.t3.large", "subnets": ["subnet-1"], "tags": { "team": "video" }, "size_gib": 100 }),
                ),
            )
        },
        step("nat-a", "ec2:nat-gateway", Resume, None, Some(json!({ "subnet": "subnet-1", "address": "eipalloc-1" }))),
        step(
            "worker",
            "ecs:service",
            Decide,
            Some(json!({ "task": "worker:7", "desired": 2 })),
            Some(json!({ "task": "${worker-task.arn}", "desired": 2 })),
        ),
        Step {
            trouble: Some("get cache ready: stopped".into()),
            ..step(
                "cache",
                "elasticache:replication-group",
                Recheck,
                Some(json!({ "nodes": 2 })),
                Some(json!({ "nodes": 2 })),
            )
        },
        Step {
            data_loss: Some("everything in the file system"),
            needs_consent: true,
            ..step("files", "efs:file-system", Delete, Some(json!({ "encrypted": true })), None)
        },
    ]
}

#[test]
fn for_people() {
    insta::assert_snapshot!(human(&steps(), Some(&forecast()), false, &TermStyle::default()));
}

/// A database that is replaced because of a CIDR range, and a bucket that is no longer in the spec.
#[test]
fn what_is_lost_is_told_with_its_cause() {
    let replaced = |name: &str, kind: &str, because: Option<&str>| Step {
        because: because.map(Name::from),
        ..step(
            name,
            kind,
            Action::Replace,
            Some(json!({ "cidr": "10.0.0.0/16" })),
            Some(json!({ "cidr": "10.9.0.0/16" })),
        )
    };
    let losing = |data_loss, step| Step { data_loss: Some(data_loss), needs_consent: true, ..step };
    let steps = [
        Step { fixed: vec!["cidr".into()], ..replaced("vpc", "ec2:vpc", None) },
        replaced("isolated-1", "ec2:subnet", Some("vpc")),
        losing("every row", replaced("database", "rds:instance", Some("isolated-1"))),
        losing("all objects", step("trail", "s3:bucket", Action::Delete, Some(json!({})), None)),
        losing("the messages", replaced("queue", "sqs:queue", None)),
    ];
    let lost: Vec<&Step> = steps.iter().filter(|s| s.needs_consent).collect();
    insta::assert_snapshot!(format!("{}{}", losses(&lost, &steps), consent(&lost)), @"
      database (rds:instance) would be replaced, which loses every row: cidr (10.0.0.0/16 -> 10.9.0.0/16) of vpc cannot be changed in place, and database depends on it
      trail (s3:bucket) would be deleted, which loses all objects: the spec does not want it any more
      queue (sqs:queue) would be replaced, which loses the messages: an earlier run began to remove queue
    --allow-data-loss database,trail,queue
    ");
}

#[test]
fn with_what_stays_as_it_is() {
    let text = human(&steps(), None, true, &TermStyle::default());
    assert!(text.starts_with("ec2\n      vpc (ec2:vpc)\n"), "{text}");
}

#[test]
fn without_a_change() {
    let kept: Vec<Step> = steps().into_iter().filter(|s| s.action == Action::Keep).collect();
    let nothing = Forecast { p50: Duration::from_secs(1), ..forecast() };
    assert_eq!(human(&kept, Some(&nothing), false, &TermStyle::default()), "no changes: 1 to keep\n");
    assert_eq!(human(&kept, None, false, &TermStyle::default()), "no changes: 1 to keep\n");
    assert_eq!(human(&[], None, false, &TermStyle::default()), "no changes: 0 to keep\n");
    assert_eq!(plan_json(&kept, None)["changes"], false);
}

#[test]
fn for_programs() {
    insta::assert_snapshot!(format!("{:#}", plan_json(&steps(), Some(&forecast()))));
}

#[test]
fn no_property_is_lost_between_two_specs() {
    let compared = |old: &Value, new: &Value| -> Vec<(String, bool)> {
        changes(Some(old), Some(new)).into_iter().map(|c| (c.path.clone(), c.is_same())).collect()
    };
    let p = |path: &str, same| (path.to_owned(), same);
    assert_eq!(
        compared(&json!({ "a": [1, 2], "b": 1 }), &json!({ "a": [1], "c": null })),
        [p("a[0]", true), p("a[1]", false), p("b", false), p("c", false)]
    );
    assert_eq!(compared(&json!({ "a": {} }), &json!({ "a": [] })), [p("a", false)]);
    assert_eq!(compared(&json!({ "a": {} }), &json!({ "a": { "b": 1 } })), [p("a.b", false)]);
    assert_eq!(compared(&json!({ "a": "x" }), &json!({ "a": { "b": 1 } })), [p("a", false)]);
    assert_eq!(compared(&json!(1), &json!(1)), [p("", true)]);
}
