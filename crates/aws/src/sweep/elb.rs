//! Elastic Load Balancing: load balancers and target groups. A listener goes with its load balancer.
use super::{
    Probe,
    look::{Look, TAGGED, pairs},
    probe,
};
use vidpipe_engine::Result;

/// The most things one call tells the tags of.
const BATCH: usize = 20;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("load balancers", load_balancers(look)), probe("target groups", target_groups(look))]
}

async fn load_balancers(look: &Look<'_>) -> Result<()> {
    let listed = all!(look, "list the load balancers", look.aws.elb.describe_load_balancers())?;
    let named = listed.into_iter().filter_map(|b| Some((b.load_balancer_name?, b.load_balancer_arn?)));
    tagged(look, "load-balancer", named.collect()).await
}

async fn target_groups(look: &Look<'_>) -> Result<()> {
    let listed = all!(look, "list the target groups", look.aws.elb.describe_target_groups())?;
    let named = listed.into_iter().filter_map(|g| Some((g.target_group_name?, g.target_group_arn?)));
    tagged(look, "target-group", named.collect()).await
}

async fn tagged(look: &Look<'_>, what: &str, mut named: Vec<(String, String)>) -> Result<()> {
    named.retain(|(name, _)| look.may_be(name));
    for some in named.chunks(BATCH) {
        let arns = some.iter().map(|(_, arn)| arn.clone()).collect();
        let call = look.aws.elb.describe_tags().set_resource_arns(Some(arns));
        // One that goes meanwhile makes the whole answer fail; then there is no answer, and the sweep says so.
        let seen = look.ask("look at the load balancers' tags", async || call.clone().send().await).await?;
        let ours = seen.tag_descriptions().iter().filter(|d| look.is_ours(pairs(d.tags(), |t| (t.key(), t.value()))));
        for arn in ours.filter_map(|d| d.resource_arn()) {
            let name = some.iter().find(|(_, a)| a == arn).map(|(name, _)| name.as_str());
            look.left(what, Some(arn), name, TAGGED);
        }
    }
    Ok(())
}
