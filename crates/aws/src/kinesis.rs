//! What the kinds of Kinesis share: one look at a stream, and what its limits mean. It changes nothing.
use crate::{Cx, OrFail};
use aws_sdk_kinesis::types::{StreamDescriptionSummary as Seen, StreamStatus};
use vidpipe_engine::{Class, Error, Observed, Result};

/// What Kinesis says of the stream:
/// [DescribeStreamSummary](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html).
pub(crate) async fn look(cx: &Cx, stream: &str) -> Result<Seen> {
    let call = cx.cloud.kinesis.describe_stream_summary().stream_name(stream);
    let seen = call.send().await.or_fail("look at the stream").map_err(busy)?;
    seen.stream_description_summary.ok_or_else(|| Error::new(Class::Unclear, "look at the stream: the answer has none"))
}

/// A setting of the stream that is there, or not. A change makes the stream `UPDATING` for a while; until then nothing
/// can be said of it.
pub(crate) fn shown(seen: &Seen, is_set: bool) -> Observed<()> {
    match (&seen.stream_status, is_set) {
        (StreamStatus::Active, true) => Observed::Ready(()),
        (StreamStatus::Active | StreamStatus::Deleting, false) => Observed::Absent,
        (status, _) => Observed::pending(status.as_str()),
    }
}

/// Where other services mean a quota by `LimitExceededException`, Kinesis means too much at once: more than
/// [five streams](https://github.com/hashicorp/terraform-provider-aws/pull/1339) being made or deleted, for one. What does
/// not pass by itself, an account's quota and the changes a stream may have in a day, is known by its words.
pub(crate) fn busy(e: Error) -> Error {
    let limit = e.class == Class::Quota && e.code.as_deref() == Some("LimitExceededException");
    let lasting = ["shard limit", "on-demand", "24 hour", "24-hour"].iter().any(|words| e.message.contains(words));
    if limit && !lasting { Error { class: Class::Busy, hint: None, ..e } } else { e }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_much_at_once_passes_and_a_quota_does_not() {
        let said = |words: &str| busy(Error::new(Class::Quota, words).code("LimitExceededException").hint("raise it"));
        let cases = [
            (
                "create the stream: This request would have exceed the limit on the number of streams that can \
                 simultaneously be in CREATING or DELETING for the account 1. Limit: 5.",
                Class::Busy,
            ),
            ("create the stream: This request would exceed the shard limit for the account 1", Class::Quota),
            ("change the stream's mode: at most twice in 24 hours", Class::Quota),
        ];
        for (words, class) in cases {
            let e = said(words);
            assert_eq!((e.class, e.hint.is_none()), (class, class == Class::Busy), "{words}");
        }
        let other = busy(Error::new(Class::Quota, "limit").code("ResourceLimitExceeded"));
        assert_eq!(other.class, Class::Quota);
    }
}
