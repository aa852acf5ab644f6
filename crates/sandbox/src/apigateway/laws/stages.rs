//! APIs, their deployments and stages.

use serde_json::Value;

use super::{SERVICE, bad, before};
use crate::apigateway::{PLAN, stages_of_plan};
use crate::context::Context;
use crate::document::text;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict, WireRule};

const STAGE: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html";
const DEPLOYMENT: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteDeployment.html";
const DELETE: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteRestApi.html";

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    let reported = |name, says, source| Law::documented_only(name, says, Basis::Reported, source);
    vec![
        Law::assumed(
            "apigateway/api-in-plan",
            "an API with a stage that a usage plan opens cannot be deleted",
            "AWS lists BadRequestException and does not say; the stage must go first",
            before("DeleteRestApi", in_plan),
        ),
        Law::reported(
            "apigateway/new-deployment",
            "a stage may not find a deployment that was made a moment ago",
            "a recording in localstack/localstack, tests/aws/services/apigateway",
            WireRule::before(SERVICE, "CreateStage", of_young_deployment),
        ),
        Law::assumed(
            "apigateway/new-deployment-late",
            "a new deployment shows late",
            "as a new REST API",
            WireRule::after(SERVICE, "CreateDeployment", deployed),
        ),
        documented("apigateway/stage-name-taken", "an API has one stage of a name", STAGE),
        documented("apigateway/stage-needs-deployment", "a stage serves a deployment that is there", STAGE),
        documented("apigateway/api-goes-with-parts", "the routes, deployments and stages of an API go with it", DELETE),
        documented("apigateway/unknown-deployment", "a deployment that is gone cannot be deleted", DEPLOYMENT),
        reported(
            "apigateway/deployment-in-use",
            "a deployment that a stage serves cannot be deleted",
            "hashicorp/terraform#25495",
        ),
        reported(
            "apigateway/stage-leaves-plans",
            "a stage that is deleted is no longer in any usage plan",
            "hashicorp/terraform-provider-aws#14100",
        ),
    ]
}

/// The kind of lag of a new deployment.
const NEW: &str = "apigateway:new-deployment";

fn deployed(context: &mut Context<'_>, ask: &Ask, reply: &mut Value) {
    let deployment = format!("{}/{}", ask.segment_after("restapis"), text(reply, "id"));
    context.lags(NEW, &deployment, "apigw_stage");
}

fn of_young_deployment(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let deployment = format!("{}/{}", ask.segment_after("restapis"), ask.text("deploymentId"));
    if context.is_lagging(NEW, &deployment) { bad("Deployment id does not exist") } else { Verdict::Pass }
}

fn in_plan(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let api = ask.segment_after("restapis");
    for (id, plan) in context.documents(PLAN) {
        if let Some(stage) = stages_of_plan(&plan).iter().find(|stage| stage.split('/').next() == Some(api)) {
            return bad(format!("Cannot delete API {api}: its stage {stage} is associated with Usage Plan {id}"));
        }
    }
    Verdict::Pass
}
