//! A fresh account: its service-linked role, and its settings before the first API.

use super::before;
use crate::apigateway::{API, logging_role};
use crate::context::{Context, Refusal};
use crate::cross_service::linked_roles::{API_GATEWAY, see_to};
use crate::law::Law;
use crate::wire::{Ask, Verdict};

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "apigateway/makes-its-role",
            "API Gateway makes its service-linked role with an account's first VPC link",
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html",
            before("CreateVpcLink", link),
        ),
        Law::reported(
            "apigateway/never-used",
            "in an account that never had an API there are no account settings to look at",
            "a recording of 2018 in capitalone/cloud-custodian",
            before("GetAccount", never_used),
        ),
    ]
}

fn link(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    see_to(context, API_GATEWAY);
    Verdict::Pass
}

fn never_used(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    let used = logging_role(context).is_some() || !context.documents(API).is_empty();
    match used || !context.conditions.fresh {
        true => Verdict::Pass,
        false => {
            let message = "Invalid Customer identifier specified";
            Verdict::Refuse(Refusal::new("NotFoundException", message).status(404))
        }
    }
}
