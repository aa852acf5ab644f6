//! Settings of StreamFlix that are valid alone but not in combination.

use super::spec::{Consumer, Streamflix, Subnets};
use crate::spec::combinations::{Rules, scaling, task, window};
use crate::spec::{Migrations, Spec};

pub(super) fn check(spec: &Spec, design: &Streamflix, rules: &mut Rules<'_, '_>) {
    default_route(spec, &design.worker, rules);
    database(spec, design, rules);
    task(["worker.memory_mib", "worker.cpu"], &design.worker.task, rules);
    scaling(&design.worker.count, rules);
    capacity(&design.worker, rules);
    backoff(&design.worker, rules);
    running_tasks(design, rules);
    window(&design.alarms.window, rules);
}

fn default_route(spec: &Spec, worker: &Consumer, rules: &mut Rules<'_, '_>) {
    let keys = ["network.nat_gateways", "worker.subnets"];
    let gateways = spec.network.nat_gateways;
    match (worker.subnets, gateways) {
        (Subnets::Private, 0) => rules.refuse(
            &keys,
            "tasks in private subnets have no default route without a NAT gateway".into(),
            "`network.nat_gateways` of 1 or more, or public subnets".into(),
            "set worker.subnets = \"public\" as well, or network.nat_gateways = 1".into(),
        ),
        (Subnets::Public, 1..) => rules.refuse(
            &keys,
            format!("tasks in public subnets do not use NAT, but {gateways} NAT gateways would be paid for"),
            "`network.nat_gateways` of 0, or private subnets".into(),
            "set network.nat_gateways = 0 as well".into(),
        ),
        _ => {}
    }
}

fn database(spec: &Spec, design: &Streamflix, rules: &mut Rules<'_, '_>) {
    let (min, max) = (design.database.min_acu, design.database.max_acu);
    if min > max {
        rules.refuse(
            &["database.min_acu", "database.max_acu"],
            format!("the database's least capacity is above its most: {min:?} ACU and {max:?} ACU"),
            "database.min_acu <= database.max_acu".into(),
            format!("set database.max_acu = {min:?} or more, or database.min_acu = {max:?} or less"),
        );
    }
    if !design.database.data_api && spec.metadata.migrations != Migrations::Off {
        rules.refuse(
            &["database.data_api", "metadata.migrations"],
            "the tables are made by the Data API, which is off".into(),
            "`database.data_api` on, or `metadata.migrations` off".into(),
            "set metadata.migrations = \"off\" as well, and make the tables yourself".into(),
        );
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>
fn capacity(worker: &Consumer, rules: &mut Rules<'_, '_>) {
    let (usual, spot) = (worker.on_demand_weight, worker.spot_weight);
    if usual == 0 && spot == 0 {
        rules.refuse(
            &["worker.spot_weight", "worker.on_demand_weight"],
            "both weights are 0, so ECS would not know where to run tasks".into(),
            "one weight of 1 or more".into(),
            "set worker.spot_weight = 4 and worker.on_demand_weight = 1".into(),
        );
    }
    let only_spot = usual == 0 && spot > 0 && worker.on_demand_base == 0;
    if only_spot && worker.count.desired == 0 {
        rules.refuse(
            &["worker.desired", "worker.on_demand_base", "worker.on_demand_weight"],
            "a service on Spot only that starts with no tasks may never have one".into(),
            "`worker.desired` of 1 or more, or some tasks on demand".into(),
            "set worker.on_demand_base = 1, or worker.desired = 1".into(),
        );
    }
}

fn backoff(worker: &Consumer, rules: &mut Rules<'_, '_>) {
    let (first, longest) = (worker.backoff.retry_base_delay_ms, worker.backoff.retry_max_delay_ms);
    if first > longest {
        rules.refuse(
            &["worker.retry_base_delay_ms", "worker.retry_max_delay_ms"],
            format!("the first pause is longer than the longest: {first} ms and {longest} ms"),
            "worker.retry_base_delay_ms <= worker.retry_max_delay_ms".into(),
            format!("set worker.retry_max_delay_ms = {first} or more"),
        );
    }
}

fn running_tasks(design: &Streamflix, rules: &mut Rules<'_, '_>) {
    let (least, alarm) = (design.worker.count.min, design.alarms.running_tasks);
    if alarm > least {
        rules.refuse(
            &["alarms.running_tasks", "worker.min"],
            format!("an alarm below {alarm} running tasks is raised by auto-scaling itself, which may leave {least}"),
            format!("`alarms.running_tasks` from 0 to {least}"),
            format!("set alarms.running_tasks = {least}"),
        );
    }
}
