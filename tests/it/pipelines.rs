//! The other pipelines, in the sandbox: every command supports them.
use crate::harness::Harness;
use insta::assert_snapshot;

const KEY: &str = "hunter2-hunter2-hunter2";

/// The secrets that streamtech-tokyo expects to exist.
fn put_secrets(harness: &Harness) {
    let login = format!("{{\"username\": \"postgres\", \"password\": \"{KEY}\"}}\n");
    for (name, value) in [("streamtech-tokyo/database", login.as_str()), ("streamtech-tokyo/api-key", KEY)] {
        let ran = harness.run_reading(&format!("sandbox put-secret {name}"), value.as_bytes()).ends(0);
        assert!(ran.stdout.is_empty() && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

/// Up, up again, verify, and down.
fn lives(harness: &Harness, pipeline: &str, outputs: &[&str]) {
    let of = format!("--suffix demo --pipeline {pipeline} --sandbox");
    harness.run(&format!("plan {of}")).ends(0);
    harness.run(&format!("up {of} --yes")).ends(0);
    harness.run(&format!("plan {of} --detailed-exitcode")).ends(0);
    let status = harness.run(&format!("status {of} -o json")).ends(0).json();
    let nodes = status["nodes"].as_array().unwrap();
    assert!(nodes.len() > 60 && nodes.iter().all(|n| n["phase"] == "ready"), "{status:#}");
    harness.run(&format!("verify {of}")).ends(0);
    let text = harness.run(&format!("outputs {of} -o json")).ends(0).json();
    let names: Vec<&str> = text.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, outputs);
    harness.run(&format!("down {of} --yes")).ends(0);
    harness.run(&format!("status {of}")).ends(7);
}

#[test]
fn streamflix_comes_and_goes() {
    let outputs = [
        "DatabaseEndpoint",
        "DatabaseReaderEndpoint",
        "DbSecretArn",
        "DlqUrl",
        "EcsClusterName",
        "StreamName",
        "TopicArn",
        "TrailArn",
    ];
    lives(&Harness::empty(), "streamflix", &outputs);
}

#[test]
fn tokyo_comes_and_goes_and_the_secrets_stay() {
    let harness = Harness::empty();
    put_secrets(&harness);
    let outputs = [
        "ApiEndpoint",
        "ApiKeyId",
        "DbSecretArn",
        "EcsClusterName",
        "EfsFileSystemId",
        "RdsEndpoint",
        "RedisEndpoint",
        "VpcId",
    ];
    lives(&harness, "streamtech-tokyo", &outputs);
    let left = harness.run("sandbox inventory --sandbox").ends(0).stdout;
    assert!(left.contains("streamtech-tokyo/database") && left.contains("streamtech-tokyo/api-key"), "{left}");
}

#[test]
fn tokyo_is_refused_without_its_secrets() {
    let harness = Harness::empty();
    let up = "up --suffix demo --pipeline streamtech-tokyo --sandbox --yes";
    assert_snapshot!("tokyo_without_secrets", harness.run(up).ends(6).text());
    put_secrets(&harness);
    harness
        .run_reading("sandbox put-secret streamtech-tokyo/database", b"{\"username\": \"other\", \"password\": \"x\"}")
        .ends(0);
    assert_snapshot!("tokyo_with_another_user", harness.run(up).ends(6).text());
    put_secrets(&harness);
    harness.run_reading("sandbox put-secret streamtech-tokyo/api-key", b"short").ends(0);
    assert_snapshot!("tokyo_with_a_short_key", harness.run(up).ends(6).text());
    harness.run("status --suffix demo --pipeline streamtech-tokyo --sandbox").ends(7);
}

#[test]
fn a_secret_is_not_put_without_a_value() {
    let harness = Harness::empty();
    for value in [&b""[..], b"\n", b"\xff", &[b'a'; 70_000]] {
        let ran = harness.run_reading("sandbox put-secret mine", value).ends(64);
        assert!(ran.stderr.contains("help:"), "{}", ran.stderr);
    }
}

#[test]
fn migrations_of_one_s_own() {
    let harness = Harness::empty();
    let folder = harness.here().join("sql");
    harness.write("vidpipe.toml", "pipeline = \"streamflix\"\n[metadata]\nmigrations = \"sql\"\n");
    let plan = "plan --suffix demo --sandbox -o json";
    assert_snapshot!("no_folder_of_migrations", harness.run(plan).ends(6).text());
    std::fs::create_dir(&folder).unwrap();
    assert_snapshot!("an_empty_folder_of_migrations", harness.run(plan).ends(6).text());
    harness.write("sql/README.md", "not read");
    harness.write("sql/001_a.sql", "create table a (\n  b text\n);\ncommit;\n");
    assert_snapshot!("a_migration_that_commits", harness.run(plan).ends(6).text());
    harness.write("sql/001_a.sql", "create table a (b text);\n");
    harness.write("sql/002_more.sql", "insert into a values ('x');\n");
    let text = harness.run(plan).ends(0).stdout;
    assert!(text.contains("migration-001") && text.contains("migration-002"), "{text}");
    assert!(!text.contains("create table videos"), "{text}");
    // A path is relative to the spec, wherever vidpipe is started.
    std::fs::create_dir(harness.here().join("deeper")).unwrap();
    std::fs::rename(harness.here().join("vidpipe.toml"), harness.here().join("deeper/vidpipe.toml")).unwrap();
    harness.run("plan --suffix demo --sandbox --config deeper/vidpipe.toml").ends(6);
    std::fs::rename(&folder, harness.here().join("deeper/sql")).unwrap();
    harness.run("plan --suffix demo --sandbox --config deeper/vidpipe.toml").ends(0);
}

#[test]
fn every_pipeline_has_a_spec_and_a_picture() {
    let harness = Harness::empty();
    for (pipeline, node) in [("streamtech-tokyo", "database"), ("streamflix", "stream-encryption")] {
        let text = harness.run(&format!("init --pipeline {pipeline} --config -")).ends(0).stdout;
        assert!(text.contains(&format!("pipeline = \"{pipeline}\"")), "{text}");
        assert!(harness.run(&format!("graph --pipeline {pipeline} --format dot --all")).ends(0).stdout.contains(node));
    }
}
