//! Capacity providers: those a strategy may name, and those that cannot be removed.

use serde_json::Value;

use super::{CREATE, SERVICE, invalid, refuse};
use crate::context::Context;
use crate::ecs;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const SHARE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html";
const PUT: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "ecs/service-on-unknown-provider",
            "a service cannot name a capacity provider its cluster does not have",
            "dask/dask-cloudprovider#348",
            WireRule::before(SERVICE, "CreateService", on_unknown_provider),
        ),
        Law::reported(
            "ecs/update-to-unknown-provider",
            "a service cannot be moved to a capacity provider its cluster does not have",
            "dask/dask-cloudprovider#348",
            WireRule::before(SERVICE, "UpdateService", on_unknown_provider),
        ),
        Law::reported(
            "ecs/run-on-unknown-provider",
            "a task cannot be run on a capacity provider the cluster does not have",
            "dask/dask-cloudprovider#348",
            WireRule::before(SERVICE, "RunTask", on_unknown_provider),
        ),
        Law::documented(
            "ecs/launch-type-or-providers",
            "a service has a launch type or a strategy of capacity providers, not both",
            CREATE,
            WireRule::before(SERVICE, "CreateService", both),
        ),
        Law::documented(
            "ecs/one-base",
            "only one capacity provider of a strategy may have a base",
            SHARE,
            WireRule::before(SERVICE, "CreateService", two_bases),
        ),
        Law::reported(
            "ecs/providers-of-a-new-cluster",
            "a new cluster may be refused capacity providers for a moment, as if it were not active",
            "hashicorp/terraform-provider-aws, internal/service/ecs/cluster_capacity_providers.go asks again for that",
            WireRule::before(SERVICE, "PutClusterCapacityProviders", not_active),
        ),
        Law::documented_only(
            "ecs/provider-in-use-stays",
            "a capacity provider that a service of the cluster uses cannot be taken away",
            Basis::Documented,
            PUT,
        ),
    ]
}

fn not_active(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match ecs::is_new_cluster(context, &ecs::cluster_in(ask)) {
        false => Verdict::Pass,
        true => refuse("ClientException", "Cluster was not ACTIVE. Put operation cannot be performed."),
    }
}

fn strategy(ask: &Ask) -> &Value {
    &ask.json["capacityProviderStrategy"]
}

fn on_unknown_provider(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let cluster = ecs::cluster_in(ask);
    match ecs::providers_in(strategy(ask)).into_iter().find(|name| !ecs::has_provider(context, &cluster, name)) {
        None => Verdict::Pass,
        Some(_) => invalid("The specified capacity provider was not found."),
    }
}

fn both(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match !ask.text("launchType").is_empty() && !ecs::providers_in(strategy(ask)).is_empty() {
        true => invalid(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ),
        false => Verdict::Pass,
    }
}

fn two_bases(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let shares = strategy(ask).as_array().into_iter().flatten();
    match shares.filter(|share| share["base"].as_u64().unwrap_or_default() > 0).count() {
        0 | 1 => Verdict::Pass,
        _ => invalid("The capacity provider strategy cannot contain more than one base value greater than zero."),
    }
}
