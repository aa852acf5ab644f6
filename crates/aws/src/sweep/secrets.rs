//! Secrets Manager: secrets, of which those with a
//! [recovery window](https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html) end by
//! themselves, and those RDS manages for a database of ours. No value is read.
use super::{
    Probe,
    look::{Look, Mark, TAGGED, pairs},
    probe,
};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("secrets", secrets(look))]
}

async fn secrets(look: &Look<'_>) -> Result<()> {
    let call = look.aws.secrets.list_secrets().include_planned_deletion(true);
    let pages = async || pages!(call.clone()).all().await;
    let seen = look.ask("list the secrets", pages).await?;
    for listed in seen.iter().flat_map(|page| page.secret_list()) {
        let tags = || pairs(listed.tags(), |t| (t.key(), t.value()));
        let mark = look.ours(tags());
        if (mark.is_some() || is_managed(look, tags()))
            && let Some(arn) = listed.arn()
        {
            settle(look, arn, mark).await?;
        }
    }
    Ok(())
}

/// Why a secret without our tags is ours.
const MANAGED: &str = "RDS manages it for a cluster of this environment";

/// Whether RDS manages the secret for a cluster of ours. It has no tags of ours, and
/// [tells the cluster](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html) in one of RDS.
fn is_managed<'t>(look: &Look<'_>, mut tags: impl Iterator<Item = (&'t str, &'t str)>) -> bool {
    let of = tags.find(|(key, _)| *key == "aws:rds:primaryDBClusterArn").and_then(|(_, arn)| arn.rsplit(':').next());
    of.is_some_and(|cluster| look.recorded("rds:cluster", "name").contains(cluster))
}

/// The list may show for a while what was deleted at once.
async fn settle(look: &Look<'_>, arn: &str, mark: Option<Mark>) -> Result<()> {
    let call = look.aws.secrets.describe_secret().secret_id(arn);
    let Some(seen) = look.ask_one("look at a secret", async || call.clone().send().await).await? else {
        return Ok(());
    };
    match (seen.deleted_date(), mark) {
        (Some(at), _) => look.expiring("secret", Some(arn), seen.name(), Some(at), "it is scheduled for deletion"),
        (None, Some(mark)) => look.left_of(&mark, "secret", Some(arn), seen.name(), TAGGED),
        // RDS does not let anybody else remove it.
        (None, None) => look.left("secret", Some(arn), seen.name(), MANAGED),
    }
    Ok(())
}
