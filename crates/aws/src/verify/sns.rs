//! SNS: who is to be told is subscribed, and has said so.
use super::look::Look;
use crate::kinds::sns::{Subscription, Topic, TopicPolicy};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability},
};

pub(super) async fn subscription(look: &Look<'_>, want: Subscription) -> Result<()> {
    let call = look.aws.sns.get_subscription_attributes().subscription_arn(&look.id.0);
    let seen = ask!(look, "GetSubscriptionAttributes", call)?;
    let field = |name: &str| seen.attributes().and_then(|of| of.get(name)).map(String::as_str);
    look.is(Availability, "it leads where it should", "Endpoint", field("Endpoint"), want.endpoint.as_str());
    let said = match field("PendingConfirmation") {
        Some("true") => Err("nobody has confirmed it yet: the link is in the e-mail AWS sent".to_owned()),
        _ => Ok("PendingConfirmation = false".to_owned()),
    };
    look.told(Availability, "it is confirmed", said);
    Ok(())
}

pub(super) async fn topic(look: &Look<'_>, want: Topic) -> Result<()> {
    look.settled(Availability, "the topic is there", "GetTopicAttributes").await?;
    let seen = ask!(look, "ListTagsForResource", look.aws.sns.list_tags_for_resource().resource_arn(&look.id.0))?;
    look.tags(&want.name, seen.tags().iter().map(|t| (t.key(), t.value())));
    Ok(())
}

pub(super) async fn topic_policy(look: &Look<'_>, _: TopicPolicy) -> Result<()> {
    look.settled(Access, "only the account's alarms may publish", "GetTopicAttributes").await
}
