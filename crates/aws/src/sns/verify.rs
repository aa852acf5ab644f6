//! SNS: the subscriptions have the desired endpoints and are confirmed.
use crate::{
    check::CheckCx,
    sns::{Subscription, Topic, TopicPolicy},
};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability},
};

pub(crate) async fn subscription(check: &CheckCx<'_>, want: Subscription) -> Result<()> {
    let call = check.aws.sns.get_subscription_attributes().subscription_arn(&check.id.0);
    let seen = ask!(check, "GetSubscriptionAttributes", call)?;
    let field = |name: &str| seen.attributes().and_then(|of| of.get(name)).map(String::as_str);
    check.is(Availability, "it leads where it should", "Endpoint", field("Endpoint"), want.endpoint.as_str());
    let result = match field("PendingConfirmation") {
        Some("true") => Err("it is not confirmed yet: the link is in the e-mail from AWS".to_owned()),
        _ => Ok("PendingConfirmation = false".to_owned()),
    };
    check.add_result(Availability, "it is confirmed", result);
    Ok(())
}

pub(crate) async fn topic(check: &CheckCx<'_>, want: Topic) -> Result<()> {
    check.settled(Availability, "the topic exists", "GetTopicAttributes").await?;
    let seen = ask!(check, "ListTagsForResource", check.aws.sns.list_tags_for_resource().resource_arn(&check.id.0))?;
    check.tags(&want.name, seen.tags().iter().map(|t| (t.key(), t.value())));
    Ok(())
}

pub(crate) async fn topic_policy(check: &CheckCx<'_>, _: TopicPolicy) -> Result<()> {
    check.settled(Access, "only the account's alarms may publish", "GetTopicAttributes").await
}
