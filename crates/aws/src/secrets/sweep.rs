//! Secrets Manager: secrets, and those that RDS manages for a database of ours. Secrets in a [recovery
//! window](https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html) expire by
//! themselves. No value is read.
use crate::probe::{Mark, Probe, SweepCx, TAGGED, pairs, probe};
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("secrets", secrets(cx))]
}

async fn secrets(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.secrets.list_secrets().include_planned_deletion(true);
    let pages = async || pages!(call.clone()).all().await;
    let seen = cx.ask("list the secrets", pages).await?;
    for listed in seen.iter().flat_map(|page| page.secret_list()) {
        let tags = || pairs(listed.tags(), |t| (t.key(), t.value()));
        let mark = cx.ours(tags());
        if (mark.is_some() || is_managed(cx, tags()))
            && let Some(arn) = listed.arn()
        {
            settle(cx, arn, mark).await?;
        }
    }
    Ok(())
}

/// The reason a secret without our tags is ours.
const MANAGED: &str = "RDS manages it for a cluster of this environment";

/// Returns whether RDS manages the secret for a cluster of ours. Such a secret has no tags of ours; an RDS tag [names
/// the cluster](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html).
fn is_managed<'t>(cx: &SweepCx<'_>, mut tags: impl Iterator<Item = (&'t str, &'t str)>) -> bool {
    let of = tags.find(|(key, _)| *key == "aws:rds:primaryDBClusterArn").and_then(|(_, arn)| arn.rsplit(':').next());
    of.is_some_and(|cluster| cx.recorded("rds:cluster", "name").contains(cluster))
}

/// A secret deleted without a recovery window may be listed for a while.
async fn settle(cx: &SweepCx<'_>, arn: &str, mark: Option<Mark>) -> Result<()> {
    let call = cx.aws.secrets.describe_secret().secret_id(arn);
    let Some(seen) = cx.ask_one("read a secret", async || call.clone().send().await).await? else {
        return Ok(());
    };
    match (seen.deleted_date(), mark) {
        (Some(at), _) => cx.expiring("secret", Some(arn), seen.name(), Some(at), "it is scheduled for deletion"),
        (None, Some(mark)) => cx.left_of(&mark, "secret", Some(arn), seen.name(), TAGGED),
        // RDS lets no one else delete it.
        (None, None) => cx.left("secret", Some(arn), seen.name(), MANAGED),
    }
    Ok(())
}
