//! KMS: keys, and aliases. Keys that are [scheduled for
//! deletion](https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html) expire by themselves. Aliases
//! carry no tags: an alias is ours if it points at a key of ours.
use crate::probe::{Mark, Probe, SweepCx, TAGGED, probe};
use aws_sdk_kms::types::KeyState;
use vidpipe_engine::{Class, Error, Result};

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("keys", keys(cx)), probe("aliases", aliases(cx))]
}

async fn keys(cx: &SweepCx<'_>) -> Result<()> {
    let recorded = cx.ids("kms:key");
    let (mut read, mut refused) = (0_usize, None::<Error>);
    for key in all!(cx, "list the KMS keys", cx.aws.kms.list_keys())? {
        let Some(id) = key.key_id() else { continue };
        match ours(cx, id).await {
            // A key's own policy may deny reading its tags. Such a key is not ours: our policies allow the account.
            Err(e) if e.class == Class::Denied && !recorded.contains(id) => refused = Some(e),
            Err(e) => return Err(e),
            Ok(mark) => {
                read += 1;
                if let Some(mark) = mark {
                    settle(cx, &mark, id).await?;
                }
            }
        }
    }
    // If no key at all can be read, the permission is missing.
    refused.filter(|_| read == 0).map_or(Ok(()), Err)
}

async fn ours(cx: &SweepCx<'_>, id: &str) -> Result<Option<Mark>> {
    let call = cx.aws.kms.list_resource_tags().key_id(id);
    let seen = cx.ask_one("read a KMS key's tags", async || call.clone().send().await).await?;
    Ok(seen.and_then(|seen| cx.ours(seen.tags().iter().map(|t| (t.tag_key(), t.tag_value())))))
}

async fn settle(cx: &SweepCx<'_>, mark: &Mark, id: &str) -> Result<()> {
    let call = cx.aws.kms.describe_key().key_id(id);
    let seen = cx.ask_one("read a KMS key", async || call.clone().send().await).await?;
    let Some(key) = seen.and_then(|seen| seen.key_metadata) else { return Ok(()) };
    let name = key.description().filter(|d| !d.is_empty());
    match key.key_state() {
        Some(KeyState::PendingDeletion) => {
            cx.expiring("key", Some(id), name, key.deletion_date(), "it is scheduled for deletion");
        }
        Some(state) => cx.left_of(mark, "key", Some(id), name, format!("{TAGGED}; it is {}", state.as_str())),
        None => cx.left_of(mark, "key", Some(id), name, TAGGED),
    }
    Ok(())
}

async fn aliases(cx: &SweepCx<'_>) -> Result<()> {
    let (names, keys) = (cx.recorded("kms:alias", "name"), cx.ids("kms:key"));
    for alias in all!(cx, "list the KMS aliases", cx.aws.kms.list_aliases())? {
        let Some((name, key)) = alias.alias_name().zip(alias.target_key_id()) else { continue };
        if keys.contains(key) {
            let why = if names.contains(name) { "it points at our key" } else { "somebody pointed it at our key" };
            cx.left("alias", Some(name), Some(name), why);
        }
    }
    Ok(())
}
