//! Capacity providers of clusters, and the distribution of tasks by a strategy. Only Fargate's two providers are
//! modelled. <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>

use serde_json::{Value, json};

use super::{clusters, services};
use crate::context::{Context, Refusal};
use crate::document::{overlay, text, texts, without};
use crate::wire::Ask;

/// The providers a strategy names.
pub(crate) fn named(strategy: &Value) -> Vec<&str> {
    strategy.as_array().into_iter().flatten().map(|share| text(share, "capacityProvider")).collect()
}

/// Whether the cluster has that provider.
pub(crate) fn has(context: &Context<'_>, cluster: &str, provider: &str) -> bool {
    let kept = context.document(clusters::KIND, cluster).unwrap_or_default();
    texts(&kept, "capacityProviders").contains(&provider)
}

/// AWS refuses to remove a provider that a service uses.
pub(super) fn put(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let name = clusters::named_in(ask);
    let mut cluster = clusters::active(context, &name)?;
    let kept = texts(&ask.json, "capacityProviders");
    for (key, service) in services::of(context, &name) {
        let stands = services::status(context, &key, &service) != "INACTIVE";
        if stands && named(&service["capacityProviderStrategy"]).iter().any(|used| !kept.contains(used)) {
            let message = "The specified capacity provider is in use and cannot be removed.";
            return Err(Refusal::new("ResourceInUseException", message));
        }
    }
    overlay(&mut cluster, &without(&ask.json, &["cluster"]));
    context.remember_document(clusters::KIND, &name, cluster.clone());
    Ok(json!({ "cluster": cluster }))
}

/// The provider of the task with index `turn`: first the bases, then by weight.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>
pub(super) fn of_turn(strategy: &Value, turn: usize) -> Option<String> {
    let shares: Vec<(&str, u64, u64)> = (strategy.as_array()?.iter())
        .map(|one| (text(one, "capacityProvider"), number(one, "base"), number(one, "weight")))
        .collect();
    let mut turn = u64::try_from(turn).unwrap_or_default();
    for (provider, base, _) in &shares {
        if turn < *base {
            return Some((*provider).to_owned());
        }
        turn -= base;
    }
    let all: u64 = shares.iter().map(|(_, _, weight)| weight).sum();
    let mut place = turn.checked_rem(all)?;
    for (provider, _, weight) in &shares {
        if place < *weight {
            return Some((*provider).to_owned());
        }
        place -= weight;
    }
    None
}

fn number(of: &Value, field: &str) -> u64 {
    of[field].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::of_turn;
    use serde_json::json;

    #[test]
    fn bases_come_first_and_then_weights() {
        let strategy = json!([
            { "capacityProvider": "FARGATE_SPOT", "weight": 3 },
            { "capacityProvider": "FARGATE", "weight": 1, "base": 1 },
        ]);
        let turns: Vec<_> = (0..6).filter_map(|turn| of_turn(&strategy, turn)).collect();
        let spot = "FARGATE_SPOT";
        assert_eq!(turns, ["FARGATE", spot, spot, spot, "FARGATE", spot]);
        assert_eq!(of_turn(&json!(null), 0), None);
    }
}
