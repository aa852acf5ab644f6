//! Settings that are valid alone but not in combination.

use crate::{load, messages};

#[test]
fn combinations() {
    let rendered = messages(&[
        ("[network]\nnat_gateways = 3\n", 2, "network.nat_gateways"),
        ("[network]\ncidr = \"10.0.0.0/22\"\n", 2, "network.cidr"),
        ("[network]\nsubnet_prefix = 16\n", 2, "network.subnet_prefix"),
        ("[network]\ncidr = \"10.0.0.0/28\"\nsubnet_prefix = 28\n", 3, "network.subnet_prefix"),
        ("[network]\ncidr = \"10.0.0.0/21\"\navailability_zones = 3\n", 2, "network.cidr"),
        ("[cache]\nautomatic_failover = false\n", 2, "cache.automatic_failover"),
        ("[cache]\nmulti_az = true\nautomatic_failover = false\n", 3, "cache.automatic_failover"),
        ("[files]\nthroughput_mode = \"elastic\"\nperformance_mode = \"max_io\"\n", 3, "files.performance_mode"),
        ("[worker]\ncpu = 4096\n", 2, "worker.cpu"),
        ("[worker]\nmemory_mib = 2000\n", 2, "worker.memory_mib"),
        ("[worker]\nmemory_mib = 16384\n", 2, "worker.memory_mib"),
        ("[api]\nmemory_mib = 4096\n", 2, "api.memory_mib"),
        ("[worker]\nmin = 3\n", 2, "worker.min"),
        ("[worker]\ndesired = 11\n", 2, "worker.desired"),
        ("[worker]\ndesired = 1\n", 2, "worker.desired"),
        ("[worker]\nmax = 1\n", 2, "worker.max"),
        ("[alarms]\ndatabase_free_storage_gib = 100\n", 2, "alarms.database_free_storage_gib"),
        ("[alarms]\nevaluation_periods = 289\n", 2, "alarms.evaluation_periods"),
    ]);
    insta::assert_snapshot!(rendered);
}

#[test]
fn of_secrets() {
    let rendered = messages(&[
        (
            "[secrets]\ndatabase = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3\"\n",
            2,
            "secrets.database",
        ),
        ("pipeline = \"streamtech-tokyo\"\n[secrets]\ndatabase = \"\"\n", 3, "secrets.database"),
        ("pipeline = \"streamtech-tokyo\"\n[secrets]\napi_key = \"\"\n", 3, "secrets.api_key"),
        (
            "pipeline = \"streamtech-tokyo\"\n[encryption]\ncustomer_managed_key = false\n",
            3,
            "encryption.customer_managed_key",
        ),
        ("pipeline = \"streamtech-tokyo\"\n[encryption]\nkey_rotation = false\n", 3, "encryption.key_rotation"),
    ]);
    insta::assert_snapshot!(rendered);
}

#[test]
fn of_streamflix() {
    let cases = [
        ("[network]\nnat_gateways = 0\n", 3, "network.nat_gateways"),
        ("[worker]\nsubnets = \"public\"\n", 3, "worker.subnets"),
        ("[network]\nnat_gateways = 1\n[worker]\nsubnets = \"public\"\n", 3, "network.nat_gateways"),
        ("[network]\nnat_gateways = 3\n", 3, "network.nat_gateways"),
        ("[database]\nmin_acu = 2\n", 3, "database.min_acu"),
        ("[database]\nmin_acu = 8\nmax_acu = 4\n", 3, "database.min_acu"),
        ("[database]\ndata_api = false\n", 3, "database.data_api"),
        ("[worker]\nspot_weight = 0\non_demand_weight = 0\n", 3, "worker.spot_weight"),
        ("[alarms]\nrunning_tasks = 3\n", 3, "alarms.running_tasks"),
        ("[worker]\nmin = 0\n", 3, "worker.min"),
        ("[worker]\nretry_base_delay_ms = 30001\n", 3, "worker.retry_base_delay_ms"),
        ("[worker]\nretry_max_delay_ms = 100\n", 3, "worker.retry_max_delay_ms"),
        ("[worker]\nmax = 1\n", 3, "worker.max"),
        ("[worker]\nmemory_mib = 1024\n", 3, "worker.memory_mib"),
        ("[alarms]\nevaluation_periods = 289\n", 3, "alarms.evaluation_periods"),
    ];
    let texts = cases.map(|(text, line, key)| (format!("pipeline = \"streamflix\"\n{text}"), line, key));
    let cases: Vec<_> = texts.iter().map(|(text, line, key)| (text.as_str(), *line, *key)).collect();
    insta::assert_snapshot!(messages(&cases));
}

#[test]
fn a_service_on_spot_only_begins_with_a_task() {
    let spot = "on_demand_base = 0\non_demand_weight = 0\n";
    let text =
        format!("pipeline = \"streamflix\"\n[worker]\nmin = 0\ndesired = 0\n{spot}[alarms]\nrunning_tasks = 0\n");
    insta::assert_snapshot!(messages(&[(&text, 4, "worker.desired")]));
}

#[test]
fn a_value_that_is_refused_takes_part_in_no_combination() {
    // The default of three zones' worth of gateways would be invalid, but it was not set in the file.
    let text = "[network]\navailability_zones = 1\nnat_gateways = 3\n";
    let errors = load(text).expect_err("one zone");
    assert_eq!(errors.problems().len(), 1, "{errors}");
}
