//! The service-linked role in a fresh account. Application Auto Scaling creates it with the first target, and refuses
//! until it can assume it.

use super::SERVICE;
use crate::context::{Context, Refusal};
use crate::cross_service::linked_roles::{SCALING, arn, see_to, serves};
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

const SCALED: &str = "aws-samples/amazon-bedrock-samples#253; hashicorp/terraform-provider-aws, \
                      internal/service/appautoscaling, which asks again for two minutes";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "autoscaling/target-needs-role",
            "a target cannot be registered before its service-linked role can be assumed, which is made then",
            SCALED,
            WireRule::before(SERVICE, "RegisterScalableTarget", needs_role),
        ),
        Law::reported(
            "autoscaling/policy-needs-role",
            "a policy cannot be put before the service-linked role can be assumed",
            SCALED,
            WireRule::before(SERVICE, "PutScalingPolicy", needs_role),
        ),
    ]
}

fn needs_role(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    if ask.text("ServiceNamespace") != "ecs" {
        return Verdict::Pass;
    }
    see_to(context, SCALING);
    match serves(context, SCALING) {
        true => Verdict::Pass,
        false => {
            let message = format!("Unable to assume IAM role: {}", arn(SCALING));
            Verdict::Refuse(Refusal::new("ValidationException", message))
        }
    }
}
