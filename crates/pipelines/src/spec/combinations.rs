//! Settings that are each allowed, but not together.
//!
//! A rule points at the setting the user most likely meant to change, so the order of the keys
//! given to [`Rules::refuse`] matters: the first one the file sets is blamed.

use super::Spec;
use super::containers::{memory_sizes, memory_words};
use super::files::{PerformanceMode, ThroughputMode};
use super::network::TIERS;
use super::problem::Problems;
use super::read::Seen;

/// Reports every combination that AWS would refuse, or that cannot be meant.
pub(super) fn check(spec: &Spec, seen: &Seen, problems: &mut Problems<'_>) {
    let mut rules = Rules { seen, problems };
    network(spec, &mut rules);
    stores(spec, &mut rules);
    let (cpu, memory) = (spec.worker.cpu, spec.worker.memory_mib);
    task(["worker.memory_mib", "worker.cpu"], cpu, memory, &mut rules);
    task(["api.memory_mib", "api.cpu"], spec.api.cpu, spec.api.memory_mib, &mut rules);
    scaling(spec, &mut rules);
    alarms(spec, &mut rules);
}

struct Rules<'a, 's> {
    seen: &'a Seen,
    problems: &'a mut Problems<'s>,
}

impl Rules<'_, '_> {
    fn refuse(&mut self, keys: &[&str], message: String, allowed: String, hint: String) {
        if let Some((key, span)) = self.seen.place(keys) {
            self.problems.push(&key, span, message, Some(allowed), Some(hint));
        }
    }
}

fn network(spec: &Spec, rules: &mut Rules<'_, '_>) {
    let network = &spec.network;
    let (zones, gateways) = (network.availability_zones, network.nat_gateways);
    if gateways > zones {
        rules.refuse(
            &["network.nat_gateways", "network.availability_zones"],
            format!("{gateways} NAT gateways are more than the {zones} availability zones"),
            format!("`network.nat_gateways` from 1 to {zones}"),
            format!("set network.nat_gateways = {zones}, one per zone"),
        );
    }
    let needed = TIERS * zones;
    let prefix = u32::from(network.cidr.prefix_len());
    // At most 2^12 subnets: both prefixes are between 16 and 28.
    let fit = network.subnet_prefix.checked_sub(prefix).map_or(0, |bits| 1_u32 << bits.min(12));
    if fit < needed {
        let least = prefix + needed.next_power_of_two().ilog2();
        let hint = if least <= 28 {
            format!("set network.subnet_prefix = {least}, or give the VPC a larger range")
        } else {
            "give the VPC a larger range, such as \"10.0.0.0/16\"".to_owned()
        };
        rules.refuse(
            &["network.subnet_prefix", "network.cidr", "network.availability_zones"],
            format!(
                "{needed} subnets of /{} do not fit into {}: there is room for {fit}",
                network.subnet_prefix, network.cidr
            ),
            format!("three subnets for each of the {zones} zones inside the VPC's range"),
            hint,
        );
    }
}

fn stores(spec: &Spec, rules: &mut Rules<'_, '_>) {
    if spec.cache.multi_az && !spec.cache.automatic_failover {
        rules.refuse(
            &["cache.automatic_failover", "cache.multi_az"],
            "`cache.multi_az` without `cache.automatic_failover` is refused by ElastiCache".into(),
            "both true, both false, or automatic failover alone".into(),
            "set cache.automatic_failover = true, or cache.multi_az = false as well".into(),
        );
    }
    let elastic = spec.files.throughput_mode == ThroughputMode::Elastic;
    if elastic && spec.files.performance_mode == PerformanceMode::MaxIo {
        rules.refuse(
            &["files.performance_mode", "files.throughput_mode"],
            "EFS has no elastic throughput in performance mode max_io".into(),
            "max_io with bursting, or general_purpose with either".into(),
            "set files.performance_mode = \"general_purpose\"".into(),
        );
    }
}

fn task(keys: [&str; 2], cpu: u32, memory: u32, rules: &mut Rules<'_, '_>) {
    let Some(sizes) = memory_sizes(cpu) else { return };
    if sizes.contains(&memory) {
        return;
    }
    let nearest = sizes.iter().find(|size| **size >= memory).or(sizes.last());
    rules.refuse(
        &keys,
        format!("Fargate has no task of {cpu} CPU units with {memory} MiB"),
        format!("memory for cpu {cpu}: {}", memory_words(cpu, &sizes)),
        format!("set {} = {}, or another cpu", keys[0], nearest.copied().unwrap_or(memory)),
    );
}

fn scaling(spec: &Spec, rules: &mut Rules<'_, '_>) {
    let worker = &spec.worker;
    let (min, desired, max) = (worker.min, worker.desired, worker.max);
    let keys = match (min <= desired, desired <= max) {
        (true, true) => return,
        (false, true) => ["worker.min", "worker.desired", "worker.max"],
        (_, false) => ["worker.desired", "worker.max", "worker.min"],
    };
    rules.refuse(
        &keys,
        format!("the worker's tasks are out of order: min {min}, desired {desired}, max {max}"),
        "worker.min <= worker.desired <= worker.max".into(),
        "change the three together: `desired` is where the service starts".into(),
    );
}

fn alarms(spec: &Spec, rules: &mut Rules<'_, '_>) {
    let alarms = &spec.alarms;
    let (free, storage) = (alarms.database_free_storage_gib, spec.database.storage_gib);
    if free >= storage {
        rules.refuse(
            &["alarms.database_free_storage_gib", "database.storage_gib"],
            format!("an alarm below {free} GiB free of {storage} GiB would never be off"),
            format!("`alarms.database_free_storage_gib` from 1 to {}", storage - 1),
            format!("set alarms.database_free_storage_gib = {}", (storage / 10).max(1)),
        );
    }
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    let longest = if alarms.period_seconds < 3600 { 86_400 } else { 604_800 };
    let most = longest / alarms.period_seconds;
    if alarms.evaluation_periods > most {
        rules.refuse(
            &["alarms.evaluation_periods", "alarms.period_seconds"],
            format!(
                "{} periods of {} s are longer than an alarm may look back",
                alarms.evaluation_periods, alarms.period_seconds
            ),
            format!("up to {longest} s in all: {most} periods of {} s", alarms.period_seconds),
            format!("set alarms.evaluation_periods = {most} or fewer"),
        );
    }
}
