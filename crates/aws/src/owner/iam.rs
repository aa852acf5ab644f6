//! IAM tells the tags of one role at a time.
use super::once;
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// [ListRoleTags](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html)
pub(crate) async fn role(cx: &Cx, name: &str) -> Result<Owned> {
    let look = async || {
        let seen = cx.cloud.iam.list_role_tags().role_name(name).send().await.or_fail("look whose the role is")?;
        Ok(tags::owned(cx, seen.tags().iter().map(|t| (t.key(), t.value()))))
    };
    once(cx, "role", name, look).await
}
