//! Settings that are each allowed, but not together.

use crate::{load, messages};

#[test]
fn combinations() {
    let shown = messages(&[
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
    insta::assert_snapshot!(shown);
}

#[test]
fn a_value_that_is_refused_takes_part_in_no_combination() {
    // The default of three zones' worth of gateways would be wrong, but nobody asked for it.
    let text = "[network]\navailability_zones = 1\nnat_gateways = 3\n";
    let errors = load(text).expect_err("one zone");
    assert_eq!(errors.problems().len(), 1, "{errors}");
}
