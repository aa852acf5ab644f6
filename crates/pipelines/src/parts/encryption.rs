//! The pipeline's customer managed KMS key, which encrypts all data at rest.
use super::{Parts, to_u16};
use vidpipe_aws::{
    Aws,
    kinds::kms::{Alias, Key, KeyRotation},
};
use vidpipe_engine::{Graph, Handle};

/// Returns `None` if the spec leaves encryption to AWS managed keys.
pub(crate) fn add<D>(g: &mut Graph<Aws>, p: &Parts<'_, D>) -> Option<Handle<Key>> {
    let encryption = &p.spec.encryption;
    if !encryption.customer_managed_key {
        return None;
    }
    let (facts, suffix) = (p.facts.clone(), p.names.of("video pipeline"));
    let days = to_u16(encryption.deletion_window_days);
    let name = p.names.of("video-processing");
    let alias = format!("alias/{name}");
    let key = g.add("kms-key", (), move |()| Key {
        name: name.clone(),
        description: format!("Data of {suffix}"),
        account: facts.account.clone(),
        partition: facts.partition.clone(),
        region: facts.region.clone(),
        deletion_window_days: days,
    });
    g.add("kms-key-alias", &key, move |key| Alias { name: alias.clone(), key_id: key.id });
    if encryption.key_rotation {
        g.add("kms-key-rotation", &key, |key| KeyRotation { key_id: key.id });
    }
    Some(key)
}
