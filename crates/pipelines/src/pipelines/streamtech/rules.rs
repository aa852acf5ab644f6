//! Settings of StreamTech that are valid alone but not in combination.

use super::spec::{PerformanceMode, Streamtech, ThroughputMode};
use crate::spec::Spec;
use crate::spec::combinations::{Rules, scaling, task, window};
use crate::spec::rules::region_of_arn;

pub(super) fn check(spec: &Spec, design: &Streamtech, rules: &mut Rules<'_, '_>) {
    stores(design, rules);
    task(["worker.memory_mib", "worker.cpu"], &design.worker.task, rules);
    task(["api.memory_mib", "api.cpu"], &design.api.task, rules);
    scaling(&design.worker.count, rules);
    storage_alarm(design, rules);
    window(&design.alarms.window, rules);
    secrets(spec, design, rules);
}

fn stores(design: &Streamtech, rules: &mut Rules<'_, '_>) {
    if design.cache.multi_az && !design.cache.automatic_failover {
        rules.refuse(
            &["cache.automatic_failover", "cache.multi_az"],
            "`cache.multi_az` without `cache.automatic_failover` is refused by ElastiCache".into(),
            "both true, both false, or automatic failover alone".into(),
            "set cache.automatic_failover = true, or cache.multi_az = false as well".into(),
        );
    }
    let elastic = design.files.throughput_mode == ThroughputMode::Elastic;
    if elastic && design.files.performance_mode == PerformanceMode::MaxIo {
        rules.refuse(
            &["files.performance_mode", "files.throughput_mode"],
            "EFS has no elastic throughput in performance mode max_io".into(),
            "max_io with bursting, or general_purpose with either".into(),
            "set files.performance_mode = \"general_purpose\"".into(),
        );
    }
}

fn storage_alarm(design: &Streamtech, rules: &mut Rules<'_, '_>) {
    let (free, storage) = (design.alarms.database_free_storage_gib, design.database.storage_gib);
    if free >= storage {
        rules.refuse(
            &["alarms.database_free_storage_gib", "database.storage_gib"],
            format!("an alarm below {free} GiB free of {storage} GiB would never be off"),
            format!("`alarms.database_free_storage_gib` from 1 to {}", storage - 1),
            format!("set alarms.database_free_storage_gib = {}", (storage / 10).max(1)),
        );
    }
}

/// ECS cannot read a secret in another region.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>
fn secrets(spec: &Spec, design: &Streamtech, rules: &mut Rules<'_, '_>) {
    for (key, secret) in [("secrets.database", &design.secrets.database), ("secrets.api_key", &design.secrets.api_key)]
    {
        let Some(other) = region_of_arn(secret).filter(|other| *other != spec.region) else { continue };
        rules.refuse(
            &[key, "region"],
            format!("`{key}` is in {other}, but the pipeline is in {}", spec.region),
            "a secret in the pipeline's own region".into(),
            format!("replicate the secret to {}, and name that copy", spec.region),
        );
    }
}
