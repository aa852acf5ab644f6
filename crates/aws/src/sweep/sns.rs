//! SNS: topics, and subscriptions, which carry no tags: one is ours if its topic is. One that nobody has confirmed ends
//! [by itself](https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html), and not sooner; one whose topic
//! is gone follows it some time later.
use super::{
    Probe,
    look::{Look, TAGGED},
    probe,
};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("topics", topics(look)), probe("subscriptions", subscriptions(look))]
}

async fn topics(look: &Look<'_>) -> Result<()> {
    for topic in all!(look, "list the topics", look.aws.sns.list_topics())? {
        let Some(arn) = topic.topic_arn() else { continue };
        if look.may_be(name(arn)) && is_ours(look, arn).await? == Some(true) {
            look.left("topic", Some(arn), Some(name(arn)), TAGGED);
        }
    }
    Ok(())
}

fn name(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// Whether the topic carries our tags; `None` if there is no such topic.
async fn is_ours(look: &Look<'_>, topic: &str) -> Result<Option<bool>> {
    let call = look.aws.sns.list_tags_for_resource().resource_arn(topic);
    let seen = look.ask_one("look at a topic's tags", async || call.clone().send().await).await?;
    Ok(seen.map(|seen| look.is_ours(seen.tags().iter().map(|t| (t.key(), t.value())))))
}

async fn subscriptions(look: &Look<'_>) -> Result<()> {
    let recorded = look.ids("sns:topic");
    for seen in all!(look, "list the subscriptions", look.aws.sns.list_subscriptions())? {
        let Some(topic) = seen.topic_arn().filter(|topic| look.may_be(name(topic))) else { continue };
        // One that was removed stays listed for days.
        if seen.subscription_arn() == Some("Deleted") {
            continue;
        }
        // A topic that is gone cannot say whose it was.
        let whose = is_ours(look, topic).await?;
        if !whose.unwrap_or_else(|| recorded.contains(topic)) {
            continue;
        }
        let told = format!("{} for {}", name(topic), seen.endpoint().unwrap_or("nobody"));
        let arn = seen.subscription_arn().filter(|arn| arn.starts_with("arn:"));
        let why = match (arn, whose) {
            (None, _) => "nobody has confirmed it: SNS forgets it 48 hours after it was made",
            (_, None) => "its topic is gone, and SNS removes it by itself",
            (Some(_), Some(_)) => {
                look.left("subscription", arn, Some(&told), "its topic is ours");
                continue;
            }
        };
        look.expiring("subscription", arn, Some(&told), None, why);
    }
    Ok(())
}
