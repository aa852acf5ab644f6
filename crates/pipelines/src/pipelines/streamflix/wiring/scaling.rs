//! Auto-scaling of the workers, by the age of unread records and by the number of incoming records.
use super::{
    Wiring,
    worker::{SERVICE, Shared},
};
use crate::{
    parts::{service_roles, to_u16, watch::Watch},
    spec::Window,
};
use vidpipe_aws::{
    Aws,
    kinds::{
        cloudwatch::{Comparison, Statistic},
        ecs::Service,
        scaling::{Metric, ScalableTarget, ScalingPolicy, Step, StepPolicy},
    },
};
use vidpipe_engine::{Graph, Handle};

const OUT_COOLDOWN_S: u16 = 60;
const IN_COOLDOWN_S: u16 = 300;
/// The scaling alarm evaluates every minute and fires after two breaching periods.
const LOOK: Window = Window { period_seconds: 60, evaluation_periods: 2 };

/// The scalable target is deleted before the service; otherwise it would start tasks while the service drains.
pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared, service: &Handle<Service>) {
    let w = &p.design.worker;
    let (name, min, max) = (p.names.of(SERVICE), to_u16(w.count.min), to_u16(w.count.max));
    let uses = (&shared.cluster, service, service_roles::SCALING.needed(g));
    let target = g.add(&format!("{SERVICE}-scaling"), uses, move |(cluster, service, ())| ScalableTarget {
        name: name.clone(),
        resource_id: format!("service/{}/{}", cluster.name, service.name),
        min,
        max,
    });
    age(g, p, shared, &target);

    // The number of incoming records does not fall when tasks are added, so the target is the capacity of the initial
    // number of tasks: above it tasks are added up to the maximum, below it they are removed.
    let target_records = f64::from(w.records_per_task) * f64::from(w.count.desired.max(1));
    let name = p.names.of("worker-records");
    let uses = (&target, shared.stream.value().known());
    g.add(&format!("{SERVICE}-scaling-records"), uses, move |(target, stream)| ScalingPolicy {
        name: name.clone(),
        resource_id: target.resource_id,
        metric: Metric::Tracked {
            namespace: "AWS/Kinesis".into(),
            name: "IncomingRecords".into(),
            dimensions: [("StreamName".to_owned(), stream.name)].into(),
            statistic: "Sum".into(),
            target: target_records,
        },
        scale_out_cooldown_s: OUT_COOLDOWN_S,
        scale_in_cooldown_s: IN_COOLDOWN_S,
    });
}

/// The age of unread records does not indicate how many tasks are needed, so tasks are added in steps while it is too
/// high.
fn age(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared, target: &Handle<ScalableTarget>) {
    let most = f64::from(p.design.worker.iterator_age_target_seconds) * 1000.0;
    let name = p.names.of("worker-age");
    let policy = g.add(&format!("{SERVICE}-scaling-age"), target, move |target| StepPolicy {
        name: name.clone(),
        resource_id: target.resource_id,
        steps: vec![
            Step { from: Some(0.0), to: Some(4.0 * most), tasks: 1 },
            Step { from: Some(4.0 * most), to: None, tasks: 3 },
        ],
        cooldown_s: OUT_COOLDOWN_S,
    });
    let metric = ("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds");
    let old = Watch::new(p, &LOOK, "worker-scale-out", "Adds tasks while unread records are old", metric, most);
    g.add(
        &format!("{SERVICE}-scaling-alarm"),
        (shared.stream.value().known(), policy.value()),
        move |(stream, policy)| {
            old.alarm([("StreamName", stream.name)], Statistic::Maximum, Comparison::Above, vec![policy.arn])
        },
    );
}
