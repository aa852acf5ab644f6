//! Defaults of both StreamTech pipelines.

use std::collections::BTreeMap;

use super::super::{
    Alarms, Api, Cache, Count, Database, Design, Files, PerformanceMode, Pipeline, Secrets, Spec, Streamtech,
    ThroughputMode, Worker,
};
use super::{encryption, logs, metadata, network, tags, task, window};

/// A PostgreSQL client image that every registry mirror has. It supports older servers too.
const CLIENT_IMAGE: &str = "public.ecr.aws/docker/library/postgres:17-alpine";

pub(in super::super) fn streamtech() -> Spec {
    spec(Pipeline::Streamtech, BTreeMap::new(), 30, Secrets { database: String::new(), api_key: String::new() })
}

/// Japan's broadcasting rules require tags for a resource's content, location and log retention.
pub(in super::super) fn streamtech_tokyo() -> Spec {
    let compliance = tags(&[
        ("compliance", "jp-broadcasting-act"),
        ("data-classification", "confidential"),
        ("data-residency", "jp"),
        ("log-retention-days", "90"),
    ]);
    let secrets = Secrets { database: "streamtech-tokyo/database".into(), api_key: "streamtech-tokyo/api-key".into() };
    spec(Pipeline::StreamtechTokyo, compliance, 90, secrets)
}

fn spec(pipeline: Pipeline, tags: BTreeMap<String, String>, log_days: u32, secrets: Secrets) -> Spec {
    Spec {
        pipeline,
        region: pipeline.default_region().to_owned(),
        protect: false,
        tags,
        network: network(),
        design: Design::Streamtech(Box::new(Streamtech {
            database: database(),
            cache: cache(),
            files: files(),
            worker: worker(),
            api: api(),
            secrets,
            alarms: alarms(),
        })),
        logs: logs(log_days),
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
