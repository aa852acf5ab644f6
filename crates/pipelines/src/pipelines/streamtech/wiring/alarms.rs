//! CloudWatch alarms: the database's CPU and free storage, the cache's memory, the worker service's CPU, the API's
//! server errors. An alarm only names what it monitors.
use super::{Wiring, data::Data, gateway::Gateway, worker::Worker};
use crate::parts::watch::Watch;
use vidpipe_aws::{
    Aws,
    kinds::{
        cloudwatch::{Comparison, Statistic},
        ecs::Cluster,
    },
};
use vidpipe_engine::{Graph, Handle};

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    data: &Data,
    cluster: &Handle<Cluster>,
    worker: &Worker,
    gateway: &Gateway,
) {
    let a = &p.design.alarms;
    let watch = |name: &str, description: &str, namespace: &str, metric: &str, threshold: f64| {
        Watch::new(p, &a.window, name, description, (namespace, metric), threshold)
    };
    let cpu =
        watch("rds-cpu", "The database's CPU is busy", "AWS/RDS", "CPUUtilization", f64::from(a.database_cpu_percent));
    g.add("alarm-database-cpu", data.database.value().known(), move |database| {
        cpu.alarm([("DBInstanceIdentifier", database.identifier)], Statistic::Average, Comparison::Above, vec![])
    });
    let least = f64::from(a.database_free_storage_gib) * GIB;
    let storage = watch("rds-storage", "The database runs out of storage", "AWS/RDS", "FreeStorageSpace", least);
    g.add("alarm-database-storage", data.database.value().known(), move |database| {
        storage.alarm([("DBInstanceIdentifier", database.identifier)], Statistic::Minimum, Comparison::Below, vec![])
    });
    for i in 1..=p.design.cache.nodes as usize {
        let (name, most) = (format!("redis-memory-{i}"), f64::from(a.cache_memory_percent));
        let memory =
            watch(&name, "The cache runs out of memory", "AWS/ElastiCache", "DatabaseMemoryUsagePercentage", most);
        g.add(&format!("alarm-cache-memory-{i}"), data.cache.value().known(), move |cache| {
            // During planning, one symbol represents all members.
            let member = cache.member_ids.get(i - 1).or(cache.member_ids.first()).cloned().unwrap_or_default();
            memory.alarm([("CacheClusterId", member)], Statistic::Maximum, Comparison::Above, vec![])
        });
    }
    let most = f64::from(a.service_cpu_percent);
    let busy =
        watch("ecs-cpu", "The workers' CPU stays busy though more were asked for", "AWS/ECS", "CPUUtilization", most);
    g.add("alarm-worker-cpu", (cluster.value(), worker.service.value().known()), move |(cluster, worker)| {
        let of = [("ClusterName", cluster.name), ("ServiceName", worker.name)];
        busy.alarm(of, Statistic::Average, Comparison::Above, vec![])
    });
    let most = f64::from(a.api_5xx_count);
    let errors = watch("api-5xx", "The API answers with server errors", "AWS/ApiGateway", "5XXError", most);
    let api = p.names.of("video-metadata-api");
    g.add("alarm-api-errors", gateway.stage.value(), move |stage| {
        errors.alarm([("ApiName", api.clone()), ("Stage", stage.name)], Statistic::Sum, Comparison::Above, vec![])
    });
}
