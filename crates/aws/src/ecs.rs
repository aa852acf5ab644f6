//! What the ECS kinds share: tags in ECS's own type. It makes no calls.
use crate::{Cx, tags};
use aws_sdk_ecs::types::Tag;

/// One tag.
pub(crate) fn tag(key: impl Into<String>, value: impl Into<String>) -> Tag {
    Tag::builder().key(key).value(value).build()
}

/// The node's tags.
pub(crate) fn tags(cx: &Cx, name: &str) -> Vec<Tag> {
    tags::typed(cx, name, tag)
}

/// Keys and values.
pub(crate) fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

/// The value of one tag.
pub(crate) fn value<'a>(tags: &'a [Tag], key: &str) -> Option<&'a str> {
    pairs(tags).find(|(k, _)| *k == key).map(|(_, v)| v)
}
