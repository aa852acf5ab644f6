//! The resource graph of StreamFlix: its nodes and their dependencies.
//!
//! ```text
//!   Kinesis stream ── worker service (Fargate, mostly Spot) ── Aurora PostgreSQL          (private, isolated subnets)
//!                        │                  │
//!                        │                  └── dead-letter queue ─┐
//!                  NAT ── internet gateway                         ├── alarms ── topic ── e-mail
//!                                        stream, tasks ────────────┘
//!   CloudTrail ── bucket
//! ```
//!
//! The cluster and its instances take as long to create as everything else combined, so their dependencies wait for
//! nothing they do not need. The reasons are documented at the edges.
use super::spec::Streamflix;
use crate::{
    names::Names,
    parts::{Parts, cluster, encryption, network},
    spec::Spec,
    suffix::Suffix,
};
use vidpipe_aws::{Aws, Facts};
use vidpipe_engine::Graph;

mod alarms;
mod audit;
mod database;
mod firewall;
mod messages;
mod roles;
mod scaling;
mod stream;
mod worker;

/// The inputs every part needs.
type Wiring<'a> = Parts<'a, Streamflix>;

/// The graph of a StreamFlix environment.
pub(super) fn graph(spec: &Spec, design: &Streamflix, suffix: &Suffix, facts: &Facts) -> Graph<Aws> {
    let p = &Parts { spec, design, names: Names::new("streamflix-", suffix, &facts.region), facts };
    let mut graph = Graph::default();
    let g = &mut graph;

    let net = network::add(g, p);
    let firewall = firewall::add(g, p, &net);
    let key = encryption::add(g, p);

    let database = database::add(g, p, &net, &firewall, key.as_ref());
    let stream = stream::add(g, p, key.as_ref());
    let messages = messages::add(g, p);
    let cluster = cluster::add(g, p, "video-processing", key.as_ref());
    let shared = worker::Shared { net, firewall, database, stream, messages, cluster, key };
    let service = worker::add(g, p, &shared);
    scaling::add(g, p, &shared, &service);
    alarms::add(g, p, &shared, &service);
    let trail = audit::add(g, p);

    let worker::Shared { database, stream, messages, cluster, .. } = &shared;
    g.output("StreamName", stream, |stream| stream.name);
    g.output("DatabaseEndpoint", &database.cluster, |cluster| cluster.host);
    g.output("DatabaseReaderEndpoint", &database.cluster, |cluster| cluster.reader_host);
    g.output("EcsClusterName", cluster, |cluster| cluster.name);
    g.output("DlqUrl", &messages.queue, |queue| queue.url);
    g.output("TopicArn", &messages.topic, |topic| topic.arn);
    if let Some(trail) = &trail {
        g.output("TrailArn", trail, |trail| trail.arn);
    }
    g.output("DbSecretArn", &database.cluster, |cluster| cluster.secret_arn);
    graph
}
