//! IAM: roles. Policies inside a role go with it, and attachments are of the role.
use super::{
    Probe,
    look::{Look, TAGGED},
    probe,
};
use vidpipe_engine::{Class, Result};

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("roles", roles(look))]
}

async fn roles(look: &Look<'_>) -> Result<()> {
    let recorded = look.recorded("iam:role", "name");
    let listed = all!(look, "list the roles", look.aws.iam.list_roles())?;
    for name in listed.iter().map(|role| role.role_name()).filter(|name| look.may_be(name)) {
        let call = look.aws.iam.list_role_tags().role_name(name);
        let seen = match look.ask_one("look at a role's tags", async || call.clone().send().await).await {
            // The user guide's policy allows our names only. Whoever's role this is, the environment had none of that name.
            Err(e) if e.class == Class::Denied && !recorded.contains(name) => continue,
            other => other?,
        };
        if let Some(mark) = seen.and_then(|seen| look.ours(seen.tags().iter().map(|t| (t.key(), t.value())))) {
            look.left_of(&mark, "role", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}
