//! Settings that are valid alone but not in combination.
//!
//! An error points at the setting the user most likely meant to change, so the order of the keys passed to
//! [`Rules::refuse`] matters: the first of them set in the file is reported.

use super::containers::{memory_sizes, memory_words};
use super::network::TIERS;
use super::problem::Problems;
use super::read::Seen;
use super::{Count, Spec, Task, Window};
use crate::pipelines;

/// Reports every combination that AWS would refuse, or that makes no sense.
pub(super) fn check(spec: &Spec, seen: &Seen, problems: &mut Problems<'_>) {
    let mut rules = Rules { seen, problems };
    network(spec, &mut rules);
    pipelines::check(spec, &mut rules);
}

/// Reports refused combinations.
pub(crate) struct Rules<'a, 's> {
    seen: &'a Seen,
    problems: &'a mut Problems<'s>,
}

impl Rules<'_, '_> {
    /// Refuses the combination of these settings, at the first of `keys` that the file sets.
    pub(crate) fn refuse(&mut self, keys: &[&str], message: String, allowed: String, hint: String) {
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

/// Checks the size of a task. `keys`: the memory setting, then the CPU setting.
pub(crate) fn task(keys: [&str; 2], task: &Task, rules: &mut Rules<'_, '_>) {
    let (cpu, memory) = (task.cpu, task.memory_mib);
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

/// Checks the numbers of tasks in `[worker]`.
pub(crate) fn scaling(count: &Count, rules: &mut Rules<'_, '_>) {
    let (min, desired, max) = (count.min, count.desired, count.max);
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

/// Checks the evaluation window in `[alarms]`.
pub(crate) fn window(window: &Window, rules: &mut Rules<'_, '_>) {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    let longest = if window.period_seconds < 3600 { 86_400 } else { 604_800 };
    let most = longest / window.period_seconds;
    if window.evaluation_periods > most {
        rules.refuse(
            &["alarms.evaluation_periods", "alarms.period_seconds"],
            format!(
                "{} periods of {} s are longer than an alarm may look back",
                window.evaluation_periods, window.period_seconds
            ),
            format!("up to {longest} s in all: {most} periods of {} s", window.period_seconds),
            format!("set alarms.evaluation_periods = {most} or fewer"),
        );
    }
}
