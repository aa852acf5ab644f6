//! The resource graph of StreamTech: its nodes and their dependencies.
//!
//! ```text
//!                 API Gateway ── VPC link ── NLB ── API service ─┐
//!                                                                ├── PostgreSQL, Redis, EFS   (isolated, private subnets)
//!                                              worker service ───┘
//!                                                   │
//!                                            NAT ── internet gateway                          (public subnets)
//! ```
//!
//! Every edge is as weak as possible: `&node` requires the node to be ready and holds it, `.known()` requires only its
//! outputs, `.value()` allows it to be deleted first. The reasons are documented at the edges.
use super::spec::Streamtech;
use crate::{
    names::Names,
    parts::{Parts, cluster, encryption, network},
    spec::Spec,
    suffix::Suffix,
};
use data::Data;
use firewall::Firewall;
use network::Network;
use vidpipe_aws::{
    Aws, Facts,
    kinds::{ecs::Cluster, kms::Key},
};
use vidpipe_engine::{Graph, Handle};

mod alarms;
mod api;
mod data;
mod firewall;
mod gateway;
mod roles;
mod secrets;
mod tables;
mod worker;

/// The inputs every part needs.
type Wiring<'a> = Parts<'a, Streamtech>;

/// The resources both services depend on.
struct Shared {
    net: Network,
    firewall: Firewall,
    data: Data,
    cluster: Handle<Cluster>,
    key: Option<Handle<Key>>,
}

/// The graph of a StreamTech environment.
pub(super) fn graph(spec: &Spec, design: &Streamtech, suffix: &Suffix, facts: &Facts) -> Graph<Aws> {
    let p = &Parts { spec, design, names: Names::new("", suffix, &facts.region), facts };
    let mut graph = Graph::default();
    let g = &mut graph;

    let net = network::add(g, p);
    let firewall = firewall::add(g, p, &net);
    let key = encryption::add(g, p);

    let data = data::add(g, p, &net, &firewall, key.as_ref());
    let cluster = cluster::add(g, p, "video-processing", key.as_ref());
    let shared = &Shared { net, firewall, data, cluster, key };
    let worker = worker::add(g, p, shared);
    let api = api::add(g, p, shared);
    let Shared { net, data, cluster, .. } = shared;
    data::files_policy(g, data, &[&worker.role]);
    let gateway = gateway::add(g, p, data, &api);
    alarms::add(g, p, data, cluster, &worker, &gateway);
    tables::add(g, p, shared);

    g.output("VpcId", &net.vpc, |vpc| vpc.id);
    g.output("EcsClusterName", cluster, |cluster| cluster.name);
    g.output("RdsEndpoint", &data.database, |database| database.host);
    g.output("RedisEndpoint", &data.cache, |cache| cache.primary_host);
    g.output("EfsFileSystemId", &data.files, |files| files.id);
    g.output("ApiEndpoint", &gateway.stage, |stage| format!("{}/", stage.invoke_url));
    match &data.login {
        secrets::Secret::Made(secret) => g.output("DbSecretArn", secret, |secret| secret.arn),
        secrets::Secret::Existing(secret) => {
            let arn = secret.arn.clone();
            g.output("DbSecretArn", &data.database, move |_| arn.clone());
        }
    }
    g.output("ApiKeyId", &gateway.key, |key| key.id);
    graph
}
