//! Secrets Manager: secrets.
use crate::{
    declare::{Api, AwsService, kind},
    permissions::{Permission, allow},
};

mod budgets;
pub(crate) mod codes;
mod connection_details;
pub(crate) mod existing;
mod generated_secret;
pub(crate) mod owner;
mod rotation;
pub(crate) mod secret;
mod sweep;
pub(crate) mod verify;

pub use connection_details::*;
pub use generated_secret::*;
pub use rotation::*;

/// The secret that RDS manages for the password of a cluster.
pub(crate) const SECRET_OF_CLUSTER: Permission =
    allow(&["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"])
        .on(&["arn:aws:secretsmanager:*:*:secret:rds!cluster-*"])
        .when(
            "StringLike",
            "aws:ResourceTag/aws:rds:primaryDBClusterArn",
            &["arn:aws:rds:*:*:cluster:{rds:cluster.name}"],
        );

pub(crate) const SERVICE: AwsService = AwsService {
    name: "secrets",
    apis: &[Api { sdk: "secretsmanager", name: "Secrets Manager", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[kind::<GeneratedSecret>(), kind::<ConnectionDetails>(), kind::<Rotation>()],
    probes: sweep::probes,
    sweep: &[
        allow(&["secretsmanager:ListSecrets"]).to_sweep(),
        allow(&["secretsmanager:DescribeSecret"])
            .on(&[
                "arn:aws:secretsmanager:*:*:secret:{secrets:generated-secret.name}-*",
                "arn:aws:secretsmanager:*:*:secret:rds!cluster-*",
            ])
            .to_sweep(),
    ],
};
