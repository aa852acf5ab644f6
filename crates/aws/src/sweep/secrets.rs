//! Secrets Manager: secrets, of which those with a
//! [recovery window](https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html) end by
//! themselves. No value is read.
use super::{
    Probe,
    look::{Look, TAGGED, pairs},
    probe,
};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("secrets", secrets(look))]
}

async fn secrets(look: &Look<'_>) -> Result<()> {
    let call = look.aws.secrets.list_secrets().include_planned_deletion(true);
    let pages = async || call.clone().into_paginator().send().collect::<std::result::Result<Vec<_>, _>>().await;
    let seen = look.ask("list the secrets", pages).await?;
    for listed in seen.iter().flat_map(|page| page.secret_list()) {
        if look.is_ours(pairs(listed.tags(), |t| (t.key(), t.value())))
            && let Some(arn) = listed.arn()
        {
            settle(look, arn).await?;
        }
    }
    Ok(())
}

/// The list may show for a while what was deleted at once.
async fn settle(look: &Look<'_>, arn: &str) -> Result<()> {
    let call = look.aws.secrets.describe_secret().secret_id(arn);
    let Some(seen) = look.ask_one("look at a secret", async || call.clone().send().await).await? else {
        return Ok(());
    };
    match seen.deleted_date() {
        Some(at) => look.expiring("secret", Some(arn), seen.name(), Some(at), "it is scheduled for deletion"),
        None => look.left("secret", Some(arn), seen.name(), TAGGED),
    }
    Ok(())
}
