//! VPC links: each targets one load balancer, and cannot be deleted while a route uses it.

use super::{bad, before};
use crate::apigateway::{dead_link, users_of_link};
use crate::context::Context;
use crate::document::{text, texts};
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict};

const LINK: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_VpcLink.html";
const DELETE: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteVpcLink.html";
const TARGETS: &str = "hashicorp/terraform-provider-aws#2512";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "apigateway/link-with-routes",
            "a VPC link that a route leads through, now or as a stage serves it, cannot be deleted",
            "klothoplatform/klotho#202, hashicorp/terraform-provider-aws#12195",
            before("DeleteVpcLink", with_routes),
        ),
        Law::reported(
            "apigateway/link-to-one-balancer",
            "a VPC link leads to one load balancer",
            TARGETS,
            before("CreateVpcLink", one_target),
        ),
        Law::reported(
            "apigateway/link-is-not-moved",
            "a VPC link cannot be led to another load balancer",
            TARGETS,
            before("UpdateVpcLink", moved),
        ),
        Law::documented(
            "apigateway/deployment-over-dead-link",
            "an API whose routes lead through a VPC link that failed or is being deleted cannot be deployed",
            LINK,
            before("CreateDeployment", over_dead_link),
        ),
        Law::documented_only(
            "apigateway/link-to-inactive-balancer",
            "a VPC link to a load balancer that is not active becomes FAILED",
            Basis::Reported,
            "aws-cloudformation/cloudformation-coverage-roadmap#1951",
        ),
        Law::documented_only(
            "apigateway/second-link",
            "a second VPC link to a load balancer becomes FAILED",
            Basis::Reported,
            "hashicorp/terraform-provider-aws#12796",
        ),
        Law::documented_only(
            "apigateway/link-pending",
            "a new VPC link is PENDING for minutes, and DELETING for as long",
            Basis::Documented,
            LINK,
        ),
        Law::documented_only(
            "apigateway/unknown-link",
            "a VPC link that is gone cannot be deleted",
            Basis::Documented,
            DELETE,
        ),
    ]
}

fn with_routes(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let link = ask.segment_after("vpclinks");
    let users = users_of_link(context, link);
    match users.is_empty() {
        true => Verdict::Pass,
        false => bad(format!(
            "Cannot delete vpc link. Vpc link '{link}', is referenced in [{}] in format of \
             [RESTApiId:Method:Resource:Stage].",
            users.join(", ")
        )),
    }
}

fn one_target(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match texts(&ask.json, "targetArns").len() {
        1 => Verdict::Pass,
        0 => bad("Target arns must be specified for vpc link."),
        _ => bad("More than one target arn specified for vpc link."),
    }
}

fn moved(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let mut patches = ask.json["patchOperations"].as_array().into_iter().flatten();
    match patches.any(|patch| text(patch, "path").starts_with("/targetArns")) {
        true => bad("Target arns are not allowed to be changed/added."),
        false => Verdict::Pass,
    }
}

fn over_dead_link(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    match dead_link(context, ask.segment_after("restapis")) {
        None => Verdict::Pass,
        Some(link) => bad(format!("VPC link '{link}' does not exist, has failed or is being deleted")),
    }
}
