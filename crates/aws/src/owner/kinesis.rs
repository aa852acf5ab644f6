//! Kinesis tells the tags of one stream at a time.
use super::once;
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// [ListTagsForStream](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html): a stream has 50 tags
/// at most, which is what one answer holds.
pub(crate) async fn stream(cx: &Cx, name: &str) -> Result<Owned> {
    let look = async || {
        let call = cx.cloud.kinesis.list_tags_for_stream().stream_name(name);
        let seen = call.send().await.or_fail("look whose the stream is")?;
        Ok(tags::owned(cx, seen.tags().iter().map(|t| (t.key(), t.value().unwrap_or_default()))))
    };
    once(cx, "stream", name, look).await
}
