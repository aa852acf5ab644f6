//! Kinesis: streams. What is set on a stream, and its consumers, go with it.
use super::{
    Probe,
    look::{Look, Mark, TAGGED},
    probe,
};
use aws_sdk_kinesis::types::Tag;
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("streams", streams(look))]
}

async fn streams(look: &Look<'_>) -> Result<()> {
    let call = look.aws.kinesis.list_streams();
    let pages = async || pages!(call.clone()).all().await;
    let pages = look.ask("list the streams", pages).await?;
    let names = pages.iter().flat_map(|page| page.stream_names());
    for name in names.filter(|name| look.may_be(name)) {
        let call = look.aws.kinesis.list_tags_for_stream().stream_name(name);
        let seen = look.ask_one("look at a stream's tags", async || call.clone().send().await).await?;
        let ours = |tags: &[Tag]| look.ours(tags.iter().map(|t| (t.key(), t.value().unwrap_or_default())));
        if let Some(mark) = seen.and_then(|seen| ours(seen.tags())) {
            settle(look, &mark, name).await?;
        }
    }
    Ok(())
}

async fn settle(look: &Look<'_>, mark: &Mark, name: &str) -> Result<()> {
    let call = look.aws.kinesis.describe_stream_summary().stream_name(name);
    let seen = look.ask_one("look at a stream", async || call.clone().send().await).await?;
    if let Some(stream) = seen.and_then(|seen| seen.stream_description_summary) {
        let why = format!("{TAGGED}; it is {}", stream.stream_status.as_str());
        look.left_of(mark, "stream", Some(name), Some(name), why);
    }
    Ok(())
}
