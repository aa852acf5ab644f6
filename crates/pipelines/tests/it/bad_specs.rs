//! Refused specs: text, line and key of the problem, with every message as a snapshot.

use crate::{load, messages};

#[test]
fn wrong_types() {
    let rendered = messages(&[
        ("protect = \"yes\"\n", 1, "protect"),
        ("protect = \"true\"\n", 1, "protect"),
        ("region = 1\n", 1, "region"),
        ("\n[database]\nstorage_gib = \"100\"\n", 3, "database.storage_gib"),
        ("[database]\nstorage_gib = 100.5\n", 2, "database.storage_gib"),
        ("[database]\nengine_version = 15\n", 2, "database.engine_version"),
        ("[cache]\nengine_version = 7.0\n", 2, "cache.engine_version"),
        ("[cache]\nnodes = [2]\n", 2, "cache.nodes"),
        ("[worker]\ncommand = \"run me\"\n", 2, "worker.command"),
        ("[worker]\ncommand = [\"run\", 1]\n", 2, "worker.command"),
        ("[worker.environment]\nWORKERS = 4\n", 2, "worker.environment.WORKERS"),
        ("[files]\nthroughput_mode = true\n", 2, "files.throughput_mode"),
        ("[api]\nthrottle_rate = \"100\"\n", 2, "api.throttle_rate"),
        ("[api]\nthrottle_rate = nan\n", 2, "api.throttle_rate"),
        ("database = \"db.t3.medium\"\n", 1, "database"),
        ("tags = [\"owner\"]\n", 1, "tags"),
        ("[[network]]\ncidr = \"10.0.0.0/16\"\n", 1, "network"),
        ("[logs]\nretention_days = 2026-01-01\n", 2, "logs.retention_days"),
    ]);
    insta::assert_snapshot!(rendered);
}

#[test]
fn out_of_range() {
    let rendered = messages(&[
        ("[network]\navailability_zones = 1\n", 2, "network.availability_zones"),
        ("[network]\navailability_zones = 4\n", 2, "network.availability_zones"),
        ("[network]\nnat_gateways = 0\n", 2, "network.nat_gateways"),
        ("[network]\nsubnet_prefix = 29\n", 2, "network.subnet_prefix"),
        ("[database]\nstorage_gib = 19\n", 2, "database.storage_gib"),
        ("[database]\nstorage_gib = -1\n", 2, "database.storage_gib"),
        ("[database]\nstorage_gib = 9223372036854775808\n", 2, "database.storage_gib"),
        ("[database]\nbackup_retention_days = 0\n", 2, "database.backup_retention_days"),
        ("[database]\nbackup_retention_days = 36\n", 2, "database.backup_retention_days"),
        ("[database]\npassword_length = 8\n", 2, "database.password_length"),
        ("[cache]\nnodes = 1\n", 2, "cache.nodes"),
        ("[cache]\nnodes = 7\n", 2, "cache.nodes"),
        ("[files]\ninfrequent_access_after_days = 8\n", 2, "files.infrequent_access_after_days"),
        ("[files]\nuid = 0\n", 2, "files.uid"),
        ("[worker]\ncpu = 1000\n", 2, "worker.cpu"),
        ("[worker]\ncpu_target_percent = 100\n", 2, "worker.cpu_target_percent"),
        ("[api]\nport = 65536\n", 2, "api.port"),
        ("[api]\nport = 0\n", 2, "api.port"),
        ("[api]\nthrottle_rate = 0\n", 2, "api.throttle_rate"),
        ("[api]\nthrottle_burst = 5001\n", 2, "api.throttle_burst"),
        ("[logs]\nretention_days = 31\n", 2, "logs.retention_days"),
        ("[alarms]\nperiod_seconds = 90\n", 2, "alarms.period_seconds"),
        ("[alarms]\nperiod_seconds = 10\n", 2, "alarms.period_seconds"),
        ("[encryption]\ndeletion_window_days = 6\n", 2, "encryption.deletion_window_days"),
    ]);
    insta::assert_snapshot!(rendered);
}

#[test]
fn wrong_names() {
    let rendered = messages(&[
        ("pipeline = \"streamtek\"\n", 1, "pipeline"),
        ("region = \"us-east-1a\"\n", 1, "region"),
        ("region = \"US-EAST-1\"\n", 1, "region"),
        ("region = \"\"\n", 1, "region"),
        ("[network]\ncidr = \"10.0.0.0\"\n", 2, "network.cidr"),
        ("[network]\ncidr = \"10.0.1.0/16\"\n", 2, "network.cidr"),
        ("[network]\ncidr = \"10.0.0.0/8\"\n", 2, "network.cidr"),
        ("[network]\ncidr = \"8.8.0.0/16\"\n", 2, "network.cidr"),
        ("[database]\nengine_version = \"12\"\n", 2, "database.engine_version"),
        ("[database]\nengine_version = \"15.x\"\n", 2, "database.engine_version"),
        ("[database]\ninstance_class = \"t3.medium\"\n", 2, "database.instance_class"),
        ("[database]\ninstance_class = \"db.serverless\"\n", 2, "database.instance_class"),
        ("[database]\nname = \"video-metadata\"\n", 2, "database.name"),
        ("[database]\nname = \"postgres\"\n", 2, "database.name"),
        ("[database]\nname = \"SELECT\"\n", 2, "database.name"),
        ("[database]\nusername = \"admin\"\n", 2, "database.username"),
        ("[database]\nusername = \"seventeen_letters\"\n", 2, "database.username"),
        ("[cache]\nengine_version = \"5.0\"\n", 2, "cache.engine_version"),
        ("[cache]\nnode_type = \"cache.m3.medium\"\n", 2, "cache.node_type"),
        ("[cache]\nnode_type = \"db.t3.micro\"\n", 2, "cache.node_type"),
        ("[files]\nthroughput_mode = \"elastik\"\n", 2, "files.throughput_mode"),
        ("[files]\nmount_path = \"mnt/efs\"\n", 2, "files.mount_path"),
        ("[files]\nmount_path = \"/etc\"\n", 2, "files.mount_path"),
        ("[files]\nmount_path = \"/mnt/../etc\"\n", 2, "files.mount_path"),
        ("[files]\naccess_point_path = \"/\"\n", 2, "files.access_point_path"),
        ("[files]\naccess_point_path = \"/a/b/c/d/e\"\n", 2, "files.access_point_path"),
        ("[files]\npermissions = \"rwx\"\n", 2, "files.permissions"),
        ("[worker]\nimage = \"https://example.com/a\"\n", 2, "worker.image"),
        ("[worker]\nimage = \"Video/Worker\"\n", 2, "worker.image"),
        ("[worker]\nimage = \"a:\"\n", 2, "worker.image"),
        ("[worker]\nimage = \"a@sha256:12\"\n", 2, "worker.image"),
        ("[api]\nstage = \"prod/v1\"\n", 2, "api.stage"),
        ("[tags]\n\"aws:owner\" = \"me\"\n", 2, "tags.aws:owner"),
        ("[tags]\n\"VidPipe:suffix\" = \"x\"\n", 2, "tags.VidPipe:suffix"),
        ("[tags]\nName = \"x\"\n", 2, "tags.Name"),
        ("[tags]\nowner = \"a;b\"\n", 2, "tags.owner"),
        ("[tags]\nOwner = \"a\"\nowner = \"b\"\n", 3, "tags.owner"),
        ("[worker.environment]\nREGION = \"x\"\n", 2, "worker.environment.REGION"),
        ("[worker.environment]\nDB_HOST = \"x\"\n", 2, "worker.environment.DB_HOST"),
        ("[worker.environment]\n\"A B\" = \"x\"\n", 2, "worker.environment.A B"),
        ("[worker.environment]\n1A = \"x\"\n", 2, "worker.environment.1A"),
    ]);
    insta::assert_snapshot!(rendered);
}

#[test]
fn unknown_keys() {
    let rendered = messages(&[
        ("pipline = \"streamtech\"\n", 1, "pipline"),
        ("cidr = \"10.0.0.0/16\"\n", 1, "cidr"),
        ("[database]\nregion = \"us-east-1\"\n", 2, "database.region"),
        ("[database]\nstorage = 100\n", 2, "database.storage"),
        ("[database]\nmulti-az = true\n", 2, "database.multi-az"),
        ("[rds]\nmulti_az = true\n", 1, "rds"),
        ("[databse]\nmulti_az = true\n", 1, "databse"),
        ("[network]\nquux = 1\n", 2, "network.quux"),
        ("[network.cidrs]\na = 1\n", 1, "network.cidrs"),
        ("\"\\u001b[31mred\" = 1\n", 1, "\\u{1b}[31mred"),
    ]);
    insta::assert_snapshot!(rendered);
}

/// A spec of StreamFlix.
fn streamflix(rest: &str) -> String {
    format!("pipeline = \"streamflix\"\n{rest}")
}

#[test]
fn of_streamflix() {
    let cases = [
        ("[network]\nnat_gateways = 4\n", "network.nat_gateways"),
        ("[stream]\nshards = 0\n", "stream.shards"),
        ("[stream]\nshards = 10001\n", "stream.shards"),
        ("[stream]\nmode = \"on-demand\"\n", "stream.mode"),
        ("[stream]\nretention_hours = 23\n", "stream.retention_hours"),
        ("[stream]\nretention_hours = 8761\n", "stream.retention_hours"),
        ("[database]\nengine_version = \"12\"\n", "database.engine_version"),
        ("[database]\nmin_acu = 0\n", "database.min_acu"),
        ("[database]\nmin_acu = 0.7\n", "database.min_acu"),
        ("[database]\nmax_acu = 0.5\n", "database.max_acu"),
        ("[database]\nmax_acu = 256.5\n", "database.max_acu"),
        ("[database]\nmax_acu = inf\n", "database.max_acu"),
        ("[database]\nrotation_days = 0\n", "database.rotation_days"),
        ("[worker]\nsubnets = \"isolated\"\n", "worker.subnets"),
        ("[worker]\nspot_weight = 1001\n", "worker.spot_weight"),
        ("[worker]\nretry_max_attempts = 0\n", "worker.retry_max_attempts"),
        ("[worker.environment]\nSTREAM_NAME = \"x\"\n", "worker.environment.STREAM_NAME"),
        ("[worker.environment]\nRETRY_MORE = \"x\"\n", "worker.environment.RETRY_MORE"),
        ("[queue]\nretention_days = 15\n", "queue.retention_days"),
        ("[queue]\nvisibility_timeout_seconds = 43201\n", "queue.visibility_timeout_seconds"),
        ("[alerts]\nemail = \"ops\"\n", "alerts.email"),
        ("[alerts]\nemail = \"a@b@example.com\"\n", "alerts.email"),
        ("[alerts]\nemail = \"@example.com\"\n", "alerts.email"),
        ("[alerts]\nemail = \"a..b@example.com\"\n", "alerts.email"),
        ("[alerts]\nemail = \"ops@localhost\"\n", "alerts.email"),
        ("[alerts]\nemail = \"ops@-example.com\"\n", "alerts.email"),
        ("[alerts]\nemail = \"Ops <ops@example.com>\"\n", "alerts.email"),
        ("[audit]\nlog_retention_days = 36501\n", "audit.log_retention_days"),
        ("[alarms]\niterator_age_seconds = 0\n", "alarms.iterator_age_seconds"),
        ("[metadata]\nmigrations = \"\"\n", "metadata.migrations"),
    ];
    let texts = cases.map(|(text, key)| (streamflix(text), key));
    let cases: Vec<_> = texts.iter().map(|(text, key)| (text.as_str(), 3, *key)).collect();
    insta::assert_snapshot!(messages(&cases));
}

#[test]
fn of_secrets_that_are_there() {
    let secret = "hunter2 hunter2!";
    let rendered = messages(&[
        (&format!("[secrets]\napi_key = \"{secret}\"\n"), 2, "secrets.api_key"),
        (&format!("[secrets]\ndatabase = '{{\"password\": \"{secret}\"}}'\n"), 2, "secrets.database"),
        ("[secrets]\ndatabase = \"arn:aws:s3:::bucket\"\n", 2, "secrets.database"),
        ("[secrets]\ndatabase = \"arn:aws:secretsmanager:us-east-1:1:secret:a\"\n", 2, "secrets.database"),
        ("[secrets]\ndatabase = 1\n", 2, "secrets.database"),
        ("[secret]\napi_key = \"a\"\n", 1, "secret"),
        ("[worker]\napi_key = \"a\"\n", 2, "worker.api_key"),
    ]);
    assert!(!rendered.contains("hunter2"), "{rendered}");
    insta::assert_snapshot!(rendered);
}

#[test]
fn sections_and_keys_of_another_pipeline() {
    let rendered = messages(&[
        ("[stream]\nshards = 2\n", 1, "stream"),
        ("[kinesis]\nshards = 2\n", 1, "kinesis"),
        ("[database]\nmin_acu = 0.5\n", 2, "database.min_acu"),
        (&streamflix("[cache]\nnodes = 2\n"), 2, "cache"),
        (&streamflix("[redis]\nnodes = 2\n"), 2, "redis"),
        (&streamflix("[database]\nmulti_az = true\n"), 3, "database.multi_az"),
        (&streamflix("[metadata]\nclient_image = \"a\"\n"), 3, "metadata.client_image"),
        (&streamflix("[worker]\ncpu_target_percent = 70\n"), 3, "worker.cpu_target_percent"),
    ]);
    insta::assert_snapshot!(rendered);
}

#[test]
fn credentials_are_refused_and_not_repeated() {
    let snapshot = messages(&[
        ("password = \"hunter2\"\n", 1, "password"),
        ("[database]\nmaster_password = \"hunter2\"\n", 2, "database.master_password"),
        ("[database]\n\"masterPassword\" = \"\"\"\nhunter2\n\"\"\"\n", 2, "database.masterPassword"),
        ("secret_key = [\"hunter2\"]\n", 1, "secret_key"),
        ("[worker.environment]\nAPI_TOKEN = \"hunter2\"\n", 2, "worker.environment.API_TOKEN"),
        ("[worker.environment]\nKEY = \"AKIAIOSFODNN7EXAMPLE\"\n", 2, "worker.environment.KEY"),
        ("[worker]\ncommand = [\"login\", \"ASIAIOSFODNN7EXAMPLE\"]\n", 2, "worker.command"),
        ("password: hunter2\n", 1, ""),
        ("[cache]\nnodes = 1 # the token is hunter2\n", 2, "cache.nodes"),
    ]);
    assert!(!snapshot.contains("hunter2"), "{snapshot}");
    assert!(!snapshot.contains("IOSFODNN7"), "{snapshot}");
    insta::assert_snapshot!(snapshot);
}

#[test]
fn a_neighbour_of_a_credential_does_not_show_it() {
    let text = "[database]\nx = { password = \"hunter2\", y = 1 }\n[cache]\nnodes = 1 # token = hunter2\n";
    let broken = "[database]\nname = \"a\"\npassword = \"hunter2\n";
    let nested = "[aws]\nx = { secret_access_key = \"hunter2\" }\n[redis]\n# pwd hunter\n";
    for text in [text, broken, nested] {
        let errors = load(text).expect_err("a credential");
        assert!(errors.problems().len() >= 2, "{errors}");
        let text = format!("{errors}\n{errors:?}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn text_that_is_not_toml() {
    let rendered = messages(&[
        ("protect = \n", 1, ""),
        ("[database\nmulti_az = true\n", 1, ""),
        ("region: us-east-1\n", 1, ""),
        ("[cache]\nnodes = 2\nnodes = 3\n", 3, ""),
        ("region = \"a\u{7}\"\n", 1, ""),
        ("[cache]\nnodes = 02\n", 2, ""),
    ]);
    insta::assert_snapshot!(rendered);
}

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_file() {
    let text = "regoin = \"us-east-1\"\n\n[network]\nnat_gateways = 3\n\n[database]\n\tstorage_gib = 5\n\
                name = \"é\"\n[cache]\nnodes = 1\npassword = \"x\"\n[worker]\ncpu = 4096\n\
                [logs]\nretention_days = 100\n";
    let errors = load(text).expect_err("many problems");
    let keys: Vec<&str> = errors.problems().iter().map(|problem| problem.key.as_str()).collect();
    let expected = [
        "regoin",
        "network.nat_gateways",
        "database.storage_gib",
        "database.name",
        "cache.nodes",
        "cache.password",
        "worker.cpu",
        "logs.retention_days",
    ];
    assert_eq!(keys, expected);
    let place = (errors.problems()[2].line, errors.problems()[2].column);
    assert_eq!(place, (7, 16), "columns count characters, and a tab is one");
    insta::assert_snapshot!(errors);
}

#[test]
fn a_flood_of_problems_is_cut() {
    let text: String = (0..50).map(|n| format!("unknown_{n} = 1\n")).collect();
    let errors = load(&text).expect_err("50 unknown keys");
    assert_eq!(errors.problems().len(), 50);
    let rendered = errors.to_string();
    assert_eq!(rendered.matches("error:").count(), 20);
    assert!(rendered.ends_with("... and 30 more problems"), "{rendered}");
}

#[test]
fn what_is_too_large_is_refused() {
    let errors = load(&"# 7 bytes\n".repeat(30_000)).expect_err("300 kB");
    insta::assert_snapshot!(errors);
    let tags: String = (0..41).map(|n| format!("t{n} = \"\"\n")).collect();
    let errors = load(&format!("[tags]\n{tags}")).expect_err("41 tags");
    assert_eq!(errors.problems().len(), 1);
    let large = format!("[worker.environment]\nA = \"{}\"\n", "x".repeat(33_000));
    let errors = load(&large).expect_err("33 kB");
    assert_eq!(errors.problems()[0].key, "worker.environment.A");
    assert!(errors.to_string().len() < 2000, "a long line is not shown whole");
}
