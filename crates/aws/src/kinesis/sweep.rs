//! Kinesis: streams. Their settings and consumers are deleted with them.
use crate::probe::{Mark, Probe, SweepCx, TAGGED, probe};
use aws_sdk_kinesis::types::Tag;
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("streams", streams(cx))]
}

async fn streams(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.kinesis.list_streams();
    let pages = async || pages!(call.clone()).all().await;
    let pages = cx.ask("list the streams", pages).await?;
    let names = pages.iter().flat_map(|page| page.stream_names());
    for name in names.filter(|name| cx.may_be(name)) {
        let call = cx.aws.kinesis.list_tags_for_stream().stream_name(name);
        let seen = cx.ask_one("read a stream's tags", async || call.clone().send().await).await?;
        let ours = |tags: &[Tag]| cx.ours(tags.iter().map(|t| (t.key(), t.value().unwrap_or_default())));
        if let Some(mark) = seen.and_then(|seen| ours(seen.tags())) {
            settle(cx, &mark, name).await?;
        }
    }
    Ok(())
}

async fn settle(cx: &SweepCx<'_>, mark: &Mark, name: &str) -> Result<()> {
    let call = cx.aws.kinesis.describe_stream_summary().stream_name(name);
    let seen = cx.ask_one("read a stream", async || call.clone().send().await).await?;
    if let Some(stream) = seen.and_then(|seen| seen.stream_description_summary) {
        let why = format!("{TAGGED}; it is {}", stream.stream_status.as_str());
        cx.left_of(mark, "stream", Some(name), Some(name), why);
    }
    Ok(())
}
