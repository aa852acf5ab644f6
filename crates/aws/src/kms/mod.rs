//! KMS: keys.
use crate::{
    declare::{Api, AwsService, kind},
    permissions::{Permission, allow},
};

mod alias;
mod budgets;
pub(crate) mod codes;
mod key;
mod key_rotation;
pub(crate) mod owner;
mod sweep;
pub(crate) mod verify;

pub use alias::*;
pub use key::*;
pub use key_rotation::*;

/// Grants on a key, and its use, by a service on behalf of the caller.
pub(crate) const fn key_for(services: &'static [&'static str]) -> Permission {
    let actions = &[
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
    ];
    allow(actions).when("StringLike", "kms:ViaService", services).on_behalf()
}

/// The use of a key by CloudWatch Logs on behalf of the caller:
/// [encrypting log data](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
pub(crate) const fn key_of_logs() -> Permission {
    allow(&["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"])
        .when("StringLike", "kms:ViaService", &["logs.*.amazonaws.com"])
        .on_behalf()
}

pub(crate) const SERVICE: AwsService = AwsService {
    name: "kms",
    apis: &[Api { sdk: "kms", name: "KMS", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[kind::<Key>(), kind::<Alias>(), kind::<KeyRotation>()],
    probes: sweep::probes,
    sweep: &[allow(&["kms:DescribeKey", "kms:ListAliases", "kms:ListKeys", "kms:ListResourceTags"]).to_sweep()],
};
