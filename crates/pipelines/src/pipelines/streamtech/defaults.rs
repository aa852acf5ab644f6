//! Defaults of StreamTech.

use std::collections::BTreeMap;

use super::spec::{Alarms, Api, Cache, Database, Files, PerformanceMode, Secrets, Streamtech, ThroughputMode, Worker};
use crate::definition::Defaults;
use crate::spec::Count;
use crate::spec::defaults::{encryption, logs, metadata, network, task, window};

/// A PostgreSQL client image that every registry mirror has. It supports older servers too.
const CLIENT_IMAGE: &str = "public.ecr.aws/docker/library/postgres:17-alpine";

pub(super) fn defaults() -> Defaults<Streamtech> {
    Defaults {
        tags: BTreeMap::new(),
        network: network(),
        design: Streamtech {
            database: database(),
            cache: cache(),
            files: files(),
            worker: worker(),
            api: api(),
            secrets: Secrets { database: String::new(), api_key: String::new() },
            alarms: alarms(),
        },
        logs: logs(30),
        encryption: encryption(),
        metadata: metadata(Some(CLIENT_IMAGE)),
    }
}

fn database() -> Database {
    Database {
        engine_version: "15".to_owned(),
        instance_class: "db.t3.medium".to_owned(),
        storage_gib: 100,
        multi_az: true,
        name: "videometadata".to_owned(),
        username: "postgres".to_owned(),
        password_length: 32,
        backup_retention_days: 7,
        iam_authentication: true,
        wait_until_available: true,
    }
}

fn cache() -> Cache {
    Cache {
        engine_version: "7.0".to_owned(),
        node_type: "cache.t3.micro".to_owned(),
        nodes: 2,
        multi_az: true,
        automatic_failover: true,
    }
}

fn files() -> Files {
    Files {
        infrequent_access_after_days: 7,
        performance_mode: PerformanceMode::GeneralPurpose,
        throughput_mode: ThroughputMode::Bursting,
        mount_path: "/mnt/efs".to_owned(),
        access_point_path: "/videos".to_owned(),
        uid: 1000,
        gid: 1000,
        permissions: "0750".to_owned(),
    }
}

fn worker() -> Worker {
    Worker {
        task: task(1024, 2048),
        count: Count { desired: 2, min: 2, max: 10 },
        cpu_target_percent: 70,
        environment: BTreeMap::new(),
    }
}

fn api() -> Api {
    Api {
        task: task(256, 512),
        desired: 2,
        port: 80,
        stage: "prod".to_owned(),
        throttle_rate: 100.0,
        throttle_burst: 200,
        usage_plan_rate: 100.0,
        usage_plan_burst: 200,
        account_logging_role: false,
    }
}

fn alarms() -> Alarms {
    Alarms {
        database_cpu_percent: 80,
        database_free_storage_gib: 10,
        cache_memory_percent: 80,
        service_cpu_percent: 85,
        api_5xx_count: 10,
        window: window(),
    }
}
