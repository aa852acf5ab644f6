//! The other pipelines, in the AWS inside the process: every command knows them.
use crate::world::World;
use insta::assert_snapshot;

const KEY: &str = "hunter2-hunter2-hunter2";

/// What somebody in Tokyo has made before.
fn put_secrets(world: &World) {
    let login = format!("{{\"username\": \"postgres\", \"password\": \"{KEY}\"}}\n");
    for (name, value) in [("streamtech-tokyo/database", login.as_str()), ("streamtech-tokyo/api-key", KEY)] {
        let ran = world.run_reading(&format!("sandbox put-secret {name}"), value.as_bytes()).ends(0);
        assert!(ran.stdout.is_empty() && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

/// Up, up again, verified, and down.
fn lives(world: &World, pipeline: &str, outputs: &[&str]) {
    let of = format!("--suffix demo --pipeline {pipeline} --sandbox");
    world.run(&format!("plan {of}")).ends(0);
    world.run(&format!("up {of} --yes")).ends(0);
    world.run(&format!("plan {of} --detailed-exitcode")).ends(0);
    let status = world.run(&format!("status {of} -o json")).ends(0).json();
    let nodes = status["nodes"].as_array().unwrap();
    assert!(nodes.len() > 60 && nodes.iter().all(|n| n["phase"] == "ready"), "{status:#}");
    world.run(&format!("verify {of}")).ends(0);
    let told = world.run(&format!("outputs {of} -o json")).ends(0).json();
    let names: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, outputs);
    world.run(&format!("down {of} --yes")).ends(0);
    world.run(&format!("status {of}")).ends(7);
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
    lives(&World::empty(), "streamflix", &outputs);
}

#[test]
fn tokyo_comes_and_goes_and_the_secrets_stay() {
    let world = World::empty();
    put_secrets(&world);
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
    lives(&world, "streamtech-tokyo", &outputs);
    let left = world.run("sandbox inventory --sandbox").ends(0).stdout;
    assert!(left.contains("streamtech-tokyo/database") && left.contains("streamtech-tokyo/api-key"), "{left}");
}

#[test]
fn tokyo_is_refused_without_its_secrets() {
    let world = World::empty();
    let up = "up --suffix demo --pipeline streamtech-tokyo --sandbox --yes";
    assert_snapshot!("tokyo_without_secrets", world.run(up).ends(6).told());
    put_secrets(&world);
    world
        .run_reading("sandbox put-secret streamtech-tokyo/database", b"{\"username\": \"other\", \"password\": \"x\"}")
        .ends(0);
    assert_snapshot!("tokyo_with_another_user", world.run(up).ends(6).told());
    put_secrets(&world);
    world.run_reading("sandbox put-secret streamtech-tokyo/api-key", b"short").ends(0);
    assert_snapshot!("tokyo_with_a_short_key", world.run(up).ends(6).told());
    world.run("status --suffix demo --pipeline streamtech-tokyo --sandbox").ends(7);
}

#[test]
fn a_secret_is_not_put_without_a_value() {
    let world = World::empty();
    for value in [&b""[..], b"\n", b"\xff", &[b'a'; 70_000]] {
        let ran = world.run_reading("sandbox put-secret mine", value).ends(64);
        assert!(ran.stderr.contains("help:"), "{}", ran.stderr);
    }
}

#[test]
fn migrations_of_one_s_own() {
    let world = World::empty();
    let folder = world.here().join("sql");
    world.write("vidpipe.toml", "pipeline = \"streamflix\"\n[metadata]\nmigrations = \"sql\"\n");
    let plan = "plan --suffix demo --sandbox -o json";
    assert_snapshot!("no_folder_of_migrations", world.run(plan).ends(6).told());
    std::fs::create_dir(&folder).unwrap();
    assert_snapshot!("an_empty_folder_of_migrations", world.run(plan).ends(6).told());
    world.write("sql/README.md", "not read");
    world.write("sql/001_a.sql", "create table a (\n  b text\n);\ncommit;\n");
    assert_snapshot!("a_migration_that_commits", world.run(plan).ends(6).told());
    world.write("sql/001_a.sql", "create table a (b text);\n");
    world.write("sql/002_more.sql", "insert into a values ('x');\n");
    let told = world.run(plan).ends(0).stdout;
    assert!(told.contains("migration-001") && told.contains("migration-002"), "{told}");
    assert!(!told.contains("create table videos"), "{told}");
    // A path is as the spec has it, wherever vidpipe is started.
    std::fs::create_dir(world.here().join("deeper")).unwrap();
    std::fs::rename(world.here().join("vidpipe.toml"), world.here().join("deeper/vidpipe.toml")).unwrap();
    world.run("plan --suffix demo --sandbox --config deeper/vidpipe.toml").ends(6);
    std::fs::rename(&folder, world.here().join("deeper/sql")).unwrap();
    world.run("plan --suffix demo --sandbox --config deeper/vidpipe.toml").ends(0);
}

#[test]
fn every_pipeline_has_a_spec_and_a_picture() {
    let world = World::empty();
    for (pipeline, node) in [("streamtech-tokyo", "database"), ("streamflix", "stream-encryption")] {
        let text = world.run(&format!("init --pipeline {pipeline} --config -")).ends(0).stdout;
        assert!(text.contains(&format!("pipeline = \"{pipeline}\"")), "{text}");
        assert!(world.run(&format!("graph --pipeline {pipeline} --format dot")).ends(0).stdout.contains(node));
    }
}
