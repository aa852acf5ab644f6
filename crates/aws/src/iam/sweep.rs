//! IAM: roles. Inline policies and attachments are deleted with their role.
use crate::probe::{Probe, SweepCx, TAGGED, probe};
use vidpipe_engine::{Class, Result};

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("roles", roles(cx))]
}

async fn roles(cx: &SweepCx<'_>) -> Result<()> {
    let recorded = cx.recorded("iam:role", "name");
    let listed = all!(cx, "list the roles", cx.aws.iam.list_roles())?;
    for name in listed.iter().map(|role| role.role_name()).filter(|name| cx.may_be(name)) {
        let call = cx.aws.iam.list_role_tags().role_name(name);
        let seen = match cx.ask_one("read a role's tags", async || call.clone().send().await).await {
            // The user guide's policy allows our names only. The environment had no role with this name, so it is not
            // ours.
            Err(e) if e.class == Class::Denied && !recorded.contains(name) => continue,
            other => other?,
        };
        if let Some(mark) = seen.and_then(|seen| cx.ours(seen.tags().iter().map(|t| (t.key(), t.value())))) {
            cx.left_of(&mark, "role", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}
