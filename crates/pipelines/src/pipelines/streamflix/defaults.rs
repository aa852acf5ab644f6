//! Defaults of StreamFlix.

use std::collections::BTreeMap;

use super::spec::{
    Alerts, Audit, Aurora, Backoff, Consumer, Queue, Stream, StreamAlarms, StreamMode, Streamflix, Subnets,
};
use crate::definition::Defaults;
use crate::spec::Count;
use crate::spec::defaults::{encryption, logs, metadata, network, tags, task, window};

/// European media rules require tags for a resource's content, location and log retention.
pub(super) fn defaults() -> Defaults<Streamflix> {
    Defaults {
        tags: tags(&[
            ("compliance", "eu-media"),
            ("content-tracking", "enabled"),
            ("data-residency", "eu"),
            ("log-retention-days", "90"),
        ]),
        network: network(),
        design: Streamflix {
            stream: Stream {
                mode: StreamMode::Provisioned,
                shards: 2,
                retention_hours: 24,
                shard_metrics: true,
                encryption: true,
            },
            database: database(),
            worker: worker(),
            queue: Queue { retention_days: 14, visibility_timeout_seconds: 300 },
            alerts: Alerts { email: String::new() },
            audit: Audit { enabled: true, multi_region: false, log_retention_days: 90 },
            alarms: StreamAlarms {
                throttled_count: 0,
                iterator_age_seconds: 300,
                dead_letters: 0,
                running_tasks: 1,
                window: window(),
            },
        },
        logs: logs(90),
        encryption: encryption(),
        metadata: metadata(None),
    }
}

fn database() -> Aurora {
    Aurora {
        engine_version: "16".to_owned(),
        min_acu: 0.5,
        max_acu: 1.0,
        reader: true,
        name: "videometadata".to_owned(),
        username: "postgres".to_owned(),
        rotation_days: 30,
        backup_retention_days: 7,
        data_api: true,
        iam_authentication: true,
    }
}

fn worker() -> Consumer {
    Consumer {
        task: task(1024, 2048),
        count: Count { desired: 2, min: 2, max: 10 },
        subnets: Subnets::Private,
        on_demand_base: 1,
        on_demand_weight: 1,
        spot_weight: 4,
        iterator_age_target_seconds: 60,
        records_per_task: 1000,
        backoff: Backoff { retry_max_attempts: 5, retry_base_delay_ms: 200, retry_max_delay_ms: 30_000 },
        environment: BTreeMap::new(),
    }
}
