//! When someone should look: the database's CPU and free storage, the cache's memory, the worker service's CPU, the
//! API's server errors. Alarms only name what they watch.
use super::{
    Parts,
    data::Data,
    gateway::Gateway,
    worker::{EcsCluster, Worker},
};
use std::collections::BTreeMap;
use vidpipe_aws::{
    Aws,
    kinds::cloudwatch::{Alarm, Comparison, Missing, Statistic},
};
use vidpipe_engine::Graph;

const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Parts<'_>,
    data: &Data,
    cluster: &EcsCluster,
    worker: &Worker,
    gateway: &Gateway,
) {
    let a = &p.spec.alarms;
    let watch = |name: &str, description: &str, namespace: &str, metric: &str, threshold: f64| Watch {
        name: p.names.of(name),
        description: description.into(),
        namespace: namespace.into(),
        metric: metric.into(),
        threshold,
        period_s: a.period_seconds,
        evaluation_periods: a.evaluation_periods,
    };
    let cpu =
        watch("rds-cpu", "The database's CPU is busy", "AWS/RDS", "CPUUtilization", f64::from(a.database_cpu_percent));
    g.add("alarm-database-cpu", data.database.value().known(), move |database| {
        cpu.alarm([("DBInstanceIdentifier", database.identifier)], Statistic::Average, Comparison::Above)
    });
    let least = f64::from(a.database_free_storage_gib) * GIB;
    let storage = watch("rds-storage", "The database runs out of storage", "AWS/RDS", "FreeStorageSpace", least);
    g.add("alarm-database-storage", data.database.value().known(), move |database| {
        storage.alarm([("DBInstanceIdentifier", database.identifier)], Statistic::Minimum, Comparison::Below)
    });
    for i in 1..=p.spec.cache.nodes as usize {
        let (name, most) = (format!("redis-memory-{i}"), f64::from(a.cache_memory_percent));
        let memory =
            watch(&name, "The cache runs out of memory", "AWS/ElastiCache", "DatabaseMemoryUsagePercentage", most);
        g.add(&format!("alarm-cache-memory-{i}"), data.cache.value().known(), move |cache| {
            // While planning, one symbol stands for all members.
            let member = cache.member_ids.get(i - 1).or(cache.member_ids.first()).cloned().unwrap_or_default();
            memory.alarm([("CacheClusterId", member)], Statistic::Maximum, Comparison::Above)
        });
    }
    let most = f64::from(a.service_cpu_percent);
    let busy =
        watch("ecs-cpu", "The workers' CPU stays busy though more were asked for", "AWS/ECS", "CPUUtilization", most);
    g.add("alarm-worker-cpu", (cluster.cluster.value(), worker.service.value().known()), move |(cluster, worker)| {
        let of = [("ClusterName", cluster.name), ("ServiceName", worker.name)];
        busy.alarm(of, Statistic::Average, Comparison::Above)
    });
    let most = f64::from(a.api_5xx_count);
    let errors = watch("api-5xx", "The API answers with server errors", "AWS/ApiGateway", "5XXError", most);
    let api = p.names.of("video-metadata-api");
    g.add("alarm-api-errors", gateway.stage.value(), move |stage| {
        errors.alarm([("ApiName", api.clone()), ("Stage", stage.name)], Statistic::Sum, Comparison::Above)
    });
}

/// What is watched, but for which thing.
struct Watch {
    name: String,
    description: String,
    namespace: String,
    metric: String,
    threshold: f64,
    period_s: u32,
    evaluation_periods: u32,
}

impl Watch {
    fn alarm<const N: usize>(&self, of: [(&str, String); N], statistic: Statistic, comparison: Comparison) -> Alarm {
        let dimensions: BTreeMap<String, String> = of.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        Alarm {
            name: self.name.clone(),
            description: self.description.clone(),
            namespace: self.namespace.clone(),
            metric: self.metric.clone(),
            dimensions,
            statistic,
            comparison,
            threshold: self.threshold,
            period_s: self.period_s,
            evaluation_periods: self.evaluation_periods,
            missing: Missing::NotBreaching,
            actions: vec![],
        }
    }
}
