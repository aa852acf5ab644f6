//! StreamFlix, drawn: what it is made of, and what stands on what.
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
//! The cluster and its instances take as long as everything else together, so nothing they stand on waits for anything
//! they do not need. The reasons are where the edges are.
use crate::{
    names::Names,
    parts::{Parts, cluster, encryption, network},
    spec::{Spec, Streamflix},
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

/// What every part of the drawing needs.
type Drawing<'a> = Parts<'a, Streamflix>;

/// The graph of a StreamFlix environment.
pub(crate) fn streamflix(spec: &Spec, own: &Streamflix, suffix: &Suffix, facts: &Facts) -> Graph<Aws> {
    let p = &Parts { spec, own, names: Names::new("streamflix-", suffix, &facts.region), facts };
    let mut graph = Graph::default();
    let g = &mut graph;

    let net = network::add(g, p);
    let firewall = firewall::add(g, p, &net);
    let key = encryption::add(g, p);

    let database = database::add(g, p, &net, &firewall, key.as_ref());
    let stream = stream::add(g, p, key.as_ref());
    let messages = messages::add(g, p);
    let cluster = cluster::add(g, p, "video-processing", key.as_ref());
    let ground = worker::Ground { net, firewall, database, stream, messages, cluster, key };
    let service = worker::add(g, p, &ground);
    scaling::add(g, p, &ground, &service);
    alarms::add(g, p, &ground, &service);
    let trail = audit::add(g, p);

    let worker::Ground { database, stream, messages, cluster, .. } = &ground;
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
