//! Elastic Load Balancing: load balancers and target groups. A listener is deleted with its load balancer.
use crate::probe::{Probe, SweepCx, TAGGED, complete, pairs, probe};
use aws_sdk_elasticloadbalancingv2::operation::describe_tags::DescribeTagsOutput;
use vidpipe_engine::Result;

/// The most resources per DescribeTags call.
const BATCH: usize = 20;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("load balancers", load_balancers(cx)), probe("target groups", target_groups(cx))]
}

async fn load_balancers(cx: &SweepCx<'_>) -> Result<()> {
    let listed = all!(cx, "list the load balancers", cx.aws.elb.describe_load_balancers())?;
    let named = listed.into_iter().map(|b| Some((b.load_balancer_name?, b.load_balancer_arn?)));
    tagged(cx, "load-balancer", complete(named.collect(), "list the load balancers")?).await
}

async fn target_groups(cx: &SweepCx<'_>) -> Result<()> {
    let listed = all!(cx, "list the target groups", cx.aws.elb.describe_target_groups())?;
    let named = listed.into_iter().map(|g| Some((g.target_group_name?, g.target_group_arn?)));
    tagged(cx, "target-group", complete(named.collect(), "list the target groups")?).await
}

async fn tagged(cx: &SweepCx<'_>, what: &str, mut named: Vec<(String, String)>) -> Result<()> {
    named.retain(|(name, _)| cx.may_be(name));
    for some in named.chunks(BATCH) {
        let arns = some.iter().map(|(_, arn)| arn.clone()).collect();
        let call = cx.aws.elb.describe_tags().set_resource_arns(Some(arns));
        // If one of them is deleted meanwhile, the whole call fails. Then the sweep reports a missing answer.
        let of = |seen: &DescribeTagsOutput, arn: &str| {
            seen.tag_descriptions().iter().find(|d| d.resource_arn() == Some(arn)).cloned()
        };
        let all = |seen: &DescribeTagsOutput| some.iter().all(|(_, arn)| of(seen, arn).is_some());
        let seen = cx.ask_all("read the load balancers' tags", async || call.clone().send().await, all).await?;
        for (name, arn) in some {
            let Some(its) = of(&seen, arn) else { continue };
            if let Some(mark) = cx.ours(pairs(its.tags(), |t| (t.key(), t.value()))) {
                cx.left_of(&mark, what, Some(arn), Some(name), TAGGED);
            }
        }
    }
    Ok(())
}
