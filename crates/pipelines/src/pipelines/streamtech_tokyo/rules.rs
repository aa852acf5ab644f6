//! Rules of StreamTech in Tokyo: those of StreamTech, and the settings that broadcasters in Japan may not turn off.

use super::streamtech;
use super::streamtech::spec::Streamtech;
use crate::spec::Spec;
use crate::spec::combinations::Rules;

pub(super) fn check(spec: &Spec, design: &Streamtech, rules: &mut Rules<'_, '_>) {
    (streamtech::PIPELINE.rules)(spec, design, rules);
    for (key, secret) in [("secrets.database", &design.secrets.database), ("secrets.api_key", &design.secrets.api_key)]
    {
        if secret.is_empty() {
            rules.refuse(
                &[key],
                format!("`{key}` is empty, but this pipeline makes no secrets of its own"),
                "the name or ARN of a Secrets Manager entry that exists".into(),
                "make the entry first, or deploy `streamtech`, which makes its own".into(),
            );
        }
    }
    for (key, on) in [
        ("encryption.customer_managed_key", spec.encryption.customer_managed_key),
        ("encryption.key_rotation", spec.encryption.key_rotation),
    ] {
        if !on {
            rules.refuse(
                &[key],
                format!("`{key}` is off, but this pipeline is always encrypted by a key of its own that is rotated"),
                "true".into(),
                "remove the setting, or deploy `streamtech`, which leaves the choice".into(),
            );
        }
    }
}
