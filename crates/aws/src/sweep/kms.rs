//! KMS: keys, of which those that are
//! [scheduled for deletion](https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html) end by themselves; and
//! aliases, which carry no tags: one is ours if it points at a key of ours.
use super::{
    Probe,
    look::{Look, Mark, TAGGED},
    probe,
};
use aws_sdk_kms::types::KeyState;
use vidpipe_engine::{Class, Error, Result};

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("keys", keys(look)), probe("aliases", aliases(look))]
}

async fn keys(look: &Look<'_>) -> Result<()> {
    let recorded = look.ids("kms:key");
    let (mut read, mut refused) = (0_usize, None::<Error>);
    for key in all!(look, "list the KMS keys", look.aws.kms.list_keys())? {
        let Some(id) = key.key_id() else { continue };
        match ours(look, id).await {
            // The key's own policy may keep others from reading its tags. It is none of ours then: ours lets the account.
            Err(e) if e.class == Class::Denied && !recorded.contains(id) => refused = Some(e),
            Err(e) => return Err(e),
            Ok(mark) => {
                read += 1;
                if let Some(mark) = mark {
                    settle(look, &mark, id).await?;
                }
            }
        }
    }
    // But if not a single key may be read, it is the permission that is missing.
    refused.filter(|_| read == 0).map_or(Ok(()), Err)
}

async fn ours(look: &Look<'_>, id: &str) -> Result<Option<Mark>> {
    let call = look.aws.kms.list_resource_tags().key_id(id);
    let seen = look.ask_one("look at a KMS key's tags", async || call.clone().send().await).await?;
    Ok(seen.and_then(|seen| look.ours(seen.tags().iter().map(|t| (t.tag_key(), t.tag_value())))))
}

async fn settle(look: &Look<'_>, mark: &Mark, id: &str) -> Result<()> {
    let call = look.aws.kms.describe_key().key_id(id);
    let seen = look.ask_one("look at a KMS key", async || call.clone().send().await).await?;
    let Some(key) = seen.and_then(|seen| seen.key_metadata) else { return Ok(()) };
    let name = key.description().filter(|d| !d.is_empty());
    match key.key_state() {
        Some(KeyState::PendingDeletion) => {
            look.expiring("key", Some(id), name, key.deletion_date(), "it is scheduled for deletion");
        }
        Some(state) => look.left_of(mark, "key", Some(id), name, format!("{TAGGED}; it is {}", state.as_str())),
        None => look.left_of(mark, "key", Some(id), name, TAGGED),
    }
    Ok(())
}

async fn aliases(look: &Look<'_>) -> Result<()> {
    let (names, keys) = (look.recorded("kms:alias", "name"), look.ids("kms:key"));
    for alias in all!(look, "list the KMS aliases", look.aws.kms.list_aliases())? {
        let Some((name, key)) = alias.alias_name().zip(alias.target_key_id()) else { continue };
        if keys.contains(key) {
            let why = if names.contains(name) { "it points at our key" } else { "somebody pointed it at our key" };
            look.left("alias", Some(name), Some(name), why);
        }
    }
    Ok(())
}
