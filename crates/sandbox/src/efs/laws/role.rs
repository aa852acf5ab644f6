//! The service-linked role in a fresh account.

use crate::context::Context;
use crate::cross_service::linked_roles::{FILES, see_to};
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

pub(super) fn laws() -> Vec<Law> {
    vec![Law::documented(
        "efs/makes-its-role",
        "EFS makes its service-linked role with an account's first mount target",
        "https://docs.aws.amazon.com/efs/latest/ug/using-service-linked-roles.html",
        WireRule::before("EFS", "CreateMountTarget", mount_target),
    )]
}

fn mount_target(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    see_to(context, FILES);
    Verdict::Pass
}
