//! IAM: roles and their policies.
use crate::{
    budgets,
    declare::{Api, AwsService, kind},
    permissions::allow,
};

pub(crate) mod codes;
pub(crate) mod owner;
mod role;
mod role_policy;
mod role_policy_attachment;
mod service_linked_role;
mod sweep;
pub(crate) mod verify;

pub use role::*;
pub use role_policy::*;
pub use role_policy_attachment::*;
pub use service_linked_role::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "iam",
    apis: &[Api { sdk: "iam", name: "IAM", codes: codes::ROWS, budgets: budgets::unpublished }],
    kinds: &[kind::<Role>(), kind::<RolePolicy>(), kind::<RolePolicyAttachment>(), kind::<ServiceLinkedRole>()],
    probes: sweep::probes,
    sweep: &[
        allow(&["iam:ListRoles"]).to_sweep(),
        allow(&["iam:ListRoleTags"]).on(&["arn:aws:iam::*:role/{iam:role.name}"]).to_sweep(),
    ],
};
