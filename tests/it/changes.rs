//! A changed spec: the plan shows the action for each node, `up` executes it, and everything else stays as it was.
use crate::{gate::Gate, harness::Harness, moto::Moto};
use serde_json::Value;

/// Two updates and a replacement.
pub(crate) const CHANGED: &str = r#"pipeline = "streamtech"

[worker]
image = "registry.example.com/worker:2"

[cache]
node_type = "cache.t3.small"

[database]
name = "videos"
"#;

#[test]
fn image_node_type_and_database_name() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    harness.run("up --suffix staging --yes").ends(0);
    let before = moto.live();
    harness.write("vidpipe.toml", CHANGED);

    gate.forget();
    let plan = harness.run("plan --suffix staging -o json").ends(0).json();
    let action = |expected: &str| -> Vec<&str> {
        let steps = plan["steps"].as_array().unwrap().iter().filter(|s| s["action"] == expected);
        let mut names: Vec<&str> = steps.map(|s| s["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        names
    };
    // The secret contains the name of the database, for the workers.
    assert_eq!(
        action("update"),
        ["cache", "database-connection-details", "video-processor-task-definition", "video-tables-task-definition"]
    );
    assert_eq!(action("replace"), ["database"]);
    let others = |s: &&Value| !["update", "replace", "keep", "decide"].contains(&s["action"].as_str().unwrap());
    assert_eq!(plan["steps"].as_array().unwrap().iter().find(others), None);
    let text = harness.run("plan --suffix staging").ends(0).stdout;
    let warning = "warning: database is replaced: this loses";
    assert!(text.lines().any(|line| line.starts_with(warning)), "{text}");
    harness.run("plan --suffix staging --detailed-exitcode").ends(2);
    assert_eq!(gate.changes(), [""; 0], "a plan changes nothing");

    let refused = harness.run("up --suffix staging --yes").ends(6).stderr;
    assert!(refused.contains("add --allow-data-loss database "), "{refused}");
    assert_eq!(gate.changes(), [""; 0], "what is refused is refused before the first change");

    harness.run("up --suffix staging --yes --allow-data-loss database").ends(0);
    let after = moto.live();
    assert_is_done(&moto);
    let touched = [
        "ecs:service",
        "ecs:task-definition",
        "elasticache:cluster",
        "elasticache:replication-group",
        // The role's policy names the database by the id that AWS assigned.
        "iam:role",
        "rds:automated-backup",
        "rds:instance",
        "rds:snapshot",
        "secretsmanager:secret",
    ];
    let more: Vec<&str> = after.differing(&before).into_iter().filter(|kind| !touched.contains(kind)).collect();
    assert_eq!(more, [""; 0], "this was to stay as it was");
    // A task definition family keeps its old revisions until it is deleted.
    assert_eq!(after.twice(), REVISED);
    assert_eq!(after.of("ecs:task-definition").len(), before.of("ecs:task-definition").len() + REVISED.len());
    harness.run("plan --suffix staging --detailed-exitcode").ends(0);
}

/// The resources an update creates a second revision of: a new database's tables are created by a task that names it.
pub(crate) const REVISED: [&str; 2] =
    ["ecs:task-definition of video-processor-task-definition", "ecs:task-definition of video-tables-task-definition"];

/// As AWS itself describes the resources.
fn assert_is_done(moto: &Moto) {
    let inventory = moto.live();
    assert_eq!(inventory.of("rds:instance")[0]["DBName"], "videos");
    assert_eq!(inventory.of("elasticache:replication-group")[0]["CacheNodeType"], "cache.t3.small");
    let image = moto.python(
        "ecs = client('ecs')
service = ecs.describe_services(cluster='video-processing-staging', services=['video-processor-staging'])['services'][0]
task = ecs.describe_task_definition(taskDefinition=service['taskDefinition'])['taskDefinition']
print(task['containerDefinitions'][0]['image'])",
    );
    assert_eq!(image.trim(), "registry.example.com/worker:2");
    let secret = moto.python(
        "import json
print(json.loads(client('secretsmanager').get_secret_value(SecretId='db-secret-staging')['SecretString'])['dbname'])",
    );
    assert_eq!(secret.trim(), "videos");
}
