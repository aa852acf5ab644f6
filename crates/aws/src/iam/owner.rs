//! IAM lists the tags of one role per call.
use crate::{Cx, OrFail, owner::once, tags};
use vidpipe_engine::{Owned, Result};

/// [ListRoleTags](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html)
pub(crate) async fn role(cx: &Cx, name: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.iam.list_role_tags().role_name(name).send().await.or_fail("read the owner of the role")?;
        Ok(tags::owned(cx, seen.tags().iter().map(|t| (t.key(), t.value()))))
    };
    once(cx, "role", name, read).await
}
