//! KMS: keys and their aliases.

mod laws;
mod model;
pub(crate) mod usage;

use crate::backends::BackendOf;
use crate::budgets::TokenBucket;
use crate::log::Id;
use crate::service::{Resource, Rules, Service, Standing};

pub(crate) static KMS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_kms::KmsService>("kms")),
    laws: laws::laws,
    model: Rules::wire(model::rules),
    creates: &[("CreateKey", Id::Answer("key_id")), ("CreateAlias", Id::Request(&["alias_name"]))],
    budget,
    unfound: |_| Some(("NotFoundException", 400)),
    standing,
    ..Service::new("KMS", "kms")
};

/// <https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    let rate = match operation {
        "CreateKey" | "CreateAlias" => 5.0,
        "DescribeKey" => 2000.0,
        "TagResource" => 10.0,
        _ => 15.0,
    };
    vec![TokenBucket::new(operation, rate, rate)]
}

/// A key that is pending deletion, and all that is recorded about it.
fn standing(resource: &Resource<'_>) -> Standing {
    let pending = resource.kinds.get("keys").is_some_and(|keys| keys[resource.id]["key_state"] == "PendingDeletion");
    if pending { Standing::Tombstone } else { Standing::Exists }
}
