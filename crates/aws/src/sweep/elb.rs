//! Elastic Load Balancing: load balancers and target groups. A listener goes with its load balancer.
use super::{
    Probe,
    look::{Look, TAGGED, pairs, told},
    probe,
};
use aws_sdk_elasticloadbalancingv2::operation::describe_tags::DescribeTagsOutput;
use vidpipe_engine::Result;

/// The most things one call tells the tags of.
const BATCH: usize = 20;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("load balancers", load_balancers(look)), probe("target groups", target_groups(look))]
}

async fn load_balancers(look: &Look<'_>) -> Result<()> {
    let listed = all!(look, "list the load balancers", look.aws.elb.describe_load_balancers())?;
    let named = listed.into_iter().map(|b| Some((b.load_balancer_name?, b.load_balancer_arn?)));
    tagged(look, "load-balancer", told(named.collect(), "list the load balancers")?).await
}

async fn target_groups(look: &Look<'_>) -> Result<()> {
    let listed = all!(look, "list the target groups", look.aws.elb.describe_target_groups())?;
    let named = listed.into_iter().map(|g| Some((g.target_group_name?, g.target_group_arn?)));
    tagged(look, "target-group", told(named.collect(), "list the target groups")?).await
}

async fn tagged(look: &Look<'_>, what: &str, mut named: Vec<(String, String)>) -> Result<()> {
    named.retain(|(name, _)| look.may_be(name));
    for some in named.chunks(BATCH) {
        let arns = some.iter().map(|(_, arn)| arn.clone()).collect();
        let call = look.aws.elb.describe_tags().set_resource_arns(Some(arns));
        // One that goes meanwhile makes the whole answer fail; then there is no answer, and the sweep says so.
        let of = |seen: &DescribeTagsOutput, arn: &str| {
            seen.tag_descriptions().iter().find(|d| d.resource_arn() == Some(arn)).cloned()
        };
        let all = |seen: &DescribeTagsOutput| some.iter().all(|(_, arn)| of(seen, arn).is_some());
        let seen = look.ask_all("look at the load balancers' tags", async || call.clone().send().await, all).await?;
        for (name, arn) in some {
            let Some(its) = of(&seen, arn) else { continue };
            if let Some(mark) = look.ours(pairs(its.tags(), |t| (t.key(), t.value()))) {
                look.left_of(&mark, what, Some(arn), Some(name), TAGGED);
            }
        }
    }
    Ok(())
}
