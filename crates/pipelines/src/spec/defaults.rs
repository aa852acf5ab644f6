//! What each pipeline is when the user sets nothing.
//!
//! Only values; what they mean is said where their fields are.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::{
    Alarms, Api, Cache, Database, Encryption, Files, Logs, Network, PerformanceMode, Pipeline, Spec, ThroughputMode,
    Worker,
};

/// A public image that stays up and answers on port 80, so that an empty spec deploys.
const SAMPLE_IMAGE: &str = "amazon/amazon-ecs-sample";

pub(super) fn streamtech() -> Spec {
    Spec {
        pipeline: Pipeline::Streamtech,
        region: Pipeline::Streamtech.default_region().to_owned(),
        protect: false,
        tags: BTreeMap::new(),
        network: Network {
            cidr: Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 16),
            availability_zones: 2,
            nat_gateways: 2,
            subnet_prefix: 24,
        },
        database: database(),
        cache: Cache {
            engine_version: "7.0".to_owned(),
            node_type: "cache.t3.micro".to_owned(),
            nodes: 2,
            multi_az: true,
            automatic_failover: true,
        },
        files: files(),
        worker: worker(),
        api: api(),
        logs: Logs { retention_days: 30, container_insights: true },
        alarms: Alarms {
            database_cpu_percent: 80,
            database_free_storage_gib: 10,
            cache_memory_percent: 80,
            service_cpu_percent: 85,
            api_5xx_count: 10,
            period_seconds: 300,
            evaluation_periods: 2,
        },
        encryption: Encryption { customer_managed_key: true, key_rotation: true, deletion_window_days: 7 },
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
        image: SAMPLE_IMAGE.to_owned(),
        command: Vec::new(),
        cpu: 1024,
        memory_mib: 2048,
        desired: 2,
        min: 2,
        max: 10,
        cpu_target_percent: 70,
        environment: BTreeMap::new(),
    }
}

fn api() -> Api {
    Api {
        image: SAMPLE_IMAGE.to_owned(),
        command: Vec::new(),
        cpu: 256,
        memory_mib: 512,
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
