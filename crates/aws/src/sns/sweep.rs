//! SNS: topics, and subscriptions, which carry no tags: a subscription is ours if its topic is. An unconfirmed
//! subscription expires [by itself](https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html),
//! and not sooner; a subscription of a deleted topic is deleted some time later.
use crate::probe::{Mark, Probe, SweepCx, TAGGED, probe};
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("topics", topics(cx)), probe("subscriptions", subscriptions(cx))]
}

async fn topics(cx: &SweepCx<'_>) -> Result<()> {
    for topic in all!(cx, "list the topics", cx.aws.sns.list_topics())? {
        let Some(arn) = topic.topic_arn() else { continue };
        if cx.may_be(name(arn))
            && let Some(Some(mark)) = ours(cx, arn).await?
        {
            cx.left_of(&mark, "topic", Some(arn), Some(name(arn)), TAGGED);
        }
    }
    Ok(())
}

fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// The mark of the topic, if it carries our tags; the outer `None` if the topic does not exist.
async fn ours(cx: &SweepCx<'_>, topic: &str) -> Result<Option<Option<Mark>>> {
    let call = cx.aws.sns.list_tags_for_resource().resource_arn(topic);
    let seen = cx.ask_one("read a topic's tags", async || call.clone().send().await).await?;
    Ok(seen.map(|seen| cx.ours(seen.tags().iter().map(|t| (t.key(), t.value())))))
}

async fn subscriptions(cx: &SweepCx<'_>) -> Result<()> {
    let recorded = cx.ids("sns:topic");
    for seen in all!(cx, "list the subscriptions", cx.aws.sns.list_subscriptions())? {
        let Some(topic) = seen.topic_arn().filter(|topic| cx.may_be(name(topic))) else { continue };
        // A deleted subscription stays listed for days.
        if seen.subscription_arn() == Some("Deleted") {
            continue;
        }
        // The owner of a deleted topic is unknown; its recorded id decides.
        let whose = ours(cx, topic).await?.map(|mark| mark.is_some());
        if !whose.unwrap_or_else(|| recorded.contains(topic)) {
            continue;
        }
        let complete = format!("{} for {}", name(topic), seen.endpoint().unwrap_or("nobody"));
        let arn = seen.subscription_arn().filter(|arn| arn.starts_with("arn:"));
        let why = match (arn, whose) {
            (None, _) => "it is not confirmed: SNS deletes it 48 hours after its creation",
            (_, None) => "its topic is gone, and SNS removes it by itself",
            (Some(_), Some(_)) => {
                cx.left("subscription", arn, Some(&complete), "its topic is ours");
                continue;
            }
        };
        cx.expiring("subscription", arn, Some(&complete), None, why);
    }
    Ok(())
}
