//! SQS: queues. A policy goes with its queue.
use super::{
    Probe,
    look::{Look, TAGGED},
    probe,
};
use vidpipe_engine::Result;

/// The most queues on a page; without a number, SQS tells of no further pages.
const PAGE: i32 = 1000;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("queues", queues(look))]
}

async fn queues(look: &Look<'_>) -> Result<()> {
    for url in all!(look, "list the queues", look.aws.sqs.list_queues().max_results(PAGE))? {
        let name = url.rsplit('/').next().unwrap_or_default();
        if !look.may_be(name) {
            continue;
        }
        let call = look.aws.sqs.list_queue_tags().queue_url(&url);
        let seen = look.ask_one("look at a queue's tags", async || call.clone().send().await).await?;
        let tags = seen.and_then(|seen| seen.tags).unwrap_or_default();
        if let Some(mark) = look.ours(tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))) {
            look.left_of(&mark, "queue", Some(&url), Some(name), TAGGED);
        }
    }
    Ok(())
}
