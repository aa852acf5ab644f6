//! Kinesis lists the tags of one stream per call.
use crate::{Cx, OrFail, owner::once, tags};
use vidpipe_engine::{Owned, Result};

/// [ListTagsForStream](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListTagsForStream.html): a stream
/// has 50 tags at most, which fit in one answer.
pub(crate) async fn stream(cx: &Cx, name: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.kinesis.list_tags_for_stream().stream_name(name);
        let seen = call.send().await.or_fail("read the owner of the stream")?;
        Ok(tags::owned(cx, seen.tags().iter().map(|t| (t.key(), t.value().unwrap_or_default()))))
    };
    once(cx, "stream", name, read).await
}
