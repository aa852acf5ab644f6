//! Default settings that pipelines share.
//!
//! Only values; their meaning is documented at the fields.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::{Encryption, Logs, Metadata, Migrations, Network, Task, Window};

/// A public image that keeps running and listens on port 80, so that an empty spec deploys.
const SAMPLE_IMAGE: &str = "amazon/amazon-ecs-sample";

pub(crate) fn network() -> Network {
    Network {
        cidr: Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 16),
        availability_zones: 2,
        nat_gateways: 2,
        subnet_prefix: 24,
    }
}

pub(crate) fn task(cpu: u32, memory_mib: u32) -> Task {
    Task { image: SAMPLE_IMAGE.to_owned(), command: Vec::new(), cpu, memory_mib }
}

pub(crate) fn logs(retention_days: u32) -> Logs {
    Logs { retention_days, container_insights: true }
}

pub(crate) fn window() -> Window {
    Window { period_seconds: 300, evaluation_periods: 2 }
}

pub(crate) fn encryption() -> Encryption {
    Encryption { customer_managed_key: true, key_rotation: true, deletion_window_days: 7 }
}

pub(crate) fn metadata(client_image: Option<&str>) -> Metadata {
    Metadata { migrations: Migrations::Builtin, client_image: client_image.map(str::to_owned), files: Vec::new() }
}

pub(crate) fn tags(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
