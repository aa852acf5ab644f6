//! CloudWatch alarms: throttled writes and reads, old unread records, dead letters, failing tasks. Each alarm notifies
//! the topic when it is raised and when it clears.
use super::{Wiring, worker::Shared};
use crate::parts::watch::Watch;
use vidpipe_aws::{
    Aws,
    kinds::{
        cloudwatch::{Comparison, Statistic},
        ecs::Service,
    },
};
use vidpipe_engine::{Graph, Handle};

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared, service: &Handle<Service>) {
    let Shared { stream, messages, cluster, .. } = shared;
    let a = &p.design.alarms;
    let watch = |name: &str, description: &str, namespace: &str, metric: &str, threshold: f64| {
        Watch::new(p, &a.window, name, description, (namespace, metric), threshold)
    };
    let throttled = f64::from(a.throttled_count);
    let age = f64::from(a.iterator_age_seconds) * 1000.0;
    for (node, statistic, watch) in [
        (
            "alarm-stream-writes",
            Statistic::Sum,
            watch(
                "kinesis-write-throttled",
                "Writes to the stream are throttled",
                "AWS/Kinesis",
                "WriteProvisionedThroughputExceeded",
                throttled,
            ),
        ),
        (
            "alarm-stream-reads",
            Statistic::Sum,
            watch(
                "kinesis-read-throttled",
                "Reads of the stream are throttled",
                "AWS/Kinesis",
                "ReadProvisionedThroughputExceeded",
                throttled,
            ),
        ),
        (
            "alarm-stream-age",
            Statistic::Maximum,
            watch(
                "kinesis-iterator-age",
                "Records of the stream wait too long",
                "AWS/Kinesis",
                "GetRecords.IteratorAgeMilliseconds",
                age,
            ),
        ),
    ] {
        g.add(node, (stream.value().known(), messages.topic.value()), move |(stream, topic)| {
            watch.alarm([("StreamName", stream.name)], statistic.clone(), Comparison::Above, vec![topic.arn])
        });
    }
    let most = f64::from(a.dead_letters);
    let letters = watch(
        "dlq-depth",
        "Some records could not be processed",
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        most,
    );
    g.add("alarm-dead-letter-queue", (messages.queue.value(), messages.topic.value()), move |(queue, topic)| {
        letters.alarm([("QueueName", queue.name)], Statistic::Maximum, Comparison::Above, vec![topic.arn])
    });
    // Only Container Insights publishes a service's task count.
    if a.running_tasks > 0 && p.spec.logs.container_insights {
        let least = f64::from(a.running_tasks);
        let (what, namespace) = ("Tasks fail: fewer run than should", "ECS/ContainerInsights");
        let tasks = watch("worker-tasks", what, namespace, "RunningTaskCount", least);
        let uses = (cluster.value(), service.value().known(), messages.topic.value());
        g.add("alarm-worker-tasks", uses, move |(cluster, service, topic)| {
            let of = [("ClusterName", cluster.name), ("ServiceName", service.name)];
            tasks.alarm(of, Statistic::Minimum, Comparison::Below, vec![topic.arn])
        });
    }
}
