//! SQS: queues. A policy is deleted with its queue.
use crate::probe::{Probe, SweepCx, TAGGED, probe};
use vidpipe_engine::Result;

/// The page size; without one, SQS returns no token for further pages.
const PAGE: i32 = 1000;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("queues", queues(cx))]
}

async fn queues(cx: &SweepCx<'_>) -> Result<()> {
    for url in all!(cx, "list the queues", cx.aws.sqs.list_queues().max_results(PAGE))? {
        let name = url.rsplit('/').next().unwrap_or_default();
        if !cx.may_be(name) {
            continue;
        }
        let call = cx.aws.sqs.list_queue_tags().queue_url(&url);
        let seen = cx.ask_one("read a queue's tags", async || call.clone().send().await).await?;
        let tags = seen.and_then(|seen| seen.tags).unwrap_or_default();
        if let Some(mark) = cx.ours(tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))) {
            cx.left_of(&mark, "queue", Some(&url), Some(name), TAGGED);
        }
    }
    Ok(())
}
