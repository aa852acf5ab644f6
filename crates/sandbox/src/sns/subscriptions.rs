//! Subscriptions: confirmed, or pending until they are confirmed or expire.
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html>

use std::collections::BTreeMap;

use aws_sdk_sns::operation::confirm_subscription::{ConfirmSubscriptionInput, ConfirmSubscriptionOutput};
use aws_sdk_sns::operation::get_subscription_attributes::{
    GetSubscriptionAttributesInput, GetSubscriptionAttributesOutput,
};
use aws_sdk_sns::operation::list_subscriptions::{ListSubscriptionsInput, ListSubscriptionsOutput};
use aws_sdk_sns::operation::list_subscriptions_by_topic::{
    ListSubscriptionsByTopicInput, ListSubscriptionsByTopicOutput,
};
use aws_sdk_sns::operation::set_subscription_attributes::{
    SetSubscriptionAttributesInput, SetSubscriptionAttributesOutput,
};
use aws_sdk_sns::operation::subscribe::{SubscribeInput, SubscribeOutput};
use aws_sdk_sns::operation::unsubscribe::{UnsubscribeInput, UnsubscribeOutput};
use aws_sdk_sns::types::Subscription as Listed;
use serde::{Deserialize, Serialize};

use super::{Topic, invalid, not_found, step};
use crate::account::ACCOUNT_ID;
use crate::context::{Context, Refusal};
use crate::store::Fact;
use crate::timing::Range;
use crate::typed::{Rule, Step, before};

/// Seconds until SNS deletes an unconfirmed subscription.
const PENDING: f64 = 172_800.0;
/// Seconds until the subscriptions of a deleted topic are deleted; SNS documents only that it happens some time later.
const ORPHANED: Range = Range::between(1.0, 10.0, 60.0);
/// Shown in place of the ARN of a pending subscription in lists, and as `NO_ARN_YET` in the answer to a subscription.
const NO_ARN: &str = "PendingConfirmation";
/// Listed for `LISTED` seconds, which is days, in place of the ARN of a deleted subscription.
const DELETED: &str = "Deleted";
const LISTED: f64 = 259_200.0;
const NO_ARN_YET: &str = "pending confirmation";

/// A confirmed subscription, kept by its ARN.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) topic: String,
    pub(crate) protocol: String,
    pub(crate) endpoint: String,
    attributes: BTreeMap<String, String>,
    /// `orphaned` after its topic is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<String>,
}

impl Fact for Subscription {
    const KIND: &'static str = "sns:subscription";
}

/// A pending subscription, kept by its ARN.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pending(pub(crate) Subscription);

impl Fact for Pending {
    const KIND: &'static str = "sns:pending-subscription";
}

/// A deleted subscription that is still listed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Ghost(Subscription);

impl Fact for Ghost {
    const KIND: &'static str = "sns:removed-subscription";
}

impl Subscription {
    fn is_that(&self, input: &SubscribeInput) -> bool {
        let asked = [input.topic_arn(), input.protocol(), input.endpoint()];
        self.state.is_none() && asked == [&self.topic, &self.protocol, &self.endpoint].map(|text| Some(text.as_str()))
    }

    fn listed(&self, arn: &str) -> Listed {
        let listed = Listed::builder().subscription_arn(arn).topic_arn(&self.topic).owner(ACCOUNT_ID);
        listed.protocol(&self.protocol).endpoint(&self.endpoint).build()
    }
}

/// All subscriptions with their ARNs, each with whether it is pending.
fn everything(context: &Context<'_>) -> Vec<(String, Subscription, bool)> {
    let confirmed = context.all::<Subscription>().into_iter().map(|(arn, s)| (arn, s, false));
    let pending = context.all::<Pending>().into_iter().map(|(arn, p)| (arn, p.0, true));
    confirmed.chain(pending).collect()
}

/// Handles the deletion of a topic: confirmed subscriptions are deleted later, pending ones stay until they expire.
pub(super) fn orphan(context: &mut Context<'_>, topic: &str) {
    for (arn, mut subscription) in context.all::<Subscription>() {
        if subscription.topic == topic && subscription.state.is_none() {
            subscription.state = Some("orphaned".into());
            context.remember(&arn, &subscription);
            let seconds = context.draw(ORPHANED);
            context.vanish(Subscription::KIND, &arn, "orphaned", seconds);
        }
    }
}

pub(super) fn rules() -> Vec<Rule> {
    vec![
        before(subscribe),
        before(confirm),
        before(unsubscribe),
        before(attributes),
        before(set_attribute),
        before(list),
        before(list_by_topic),
    ]
}

fn subscribe(context: &mut Context<'_>, input: &SubscribeInput) -> Step<SubscribeOutput> {
    step(subscribed(context, input).map(|arn| SubscribeOutput::builder().subscription_arn(arn).build()))
}

/// A repeated subscription is answered with the existing one.
fn subscribed(context: &mut Context<'_>, input: &SubscribeInput) -> Result<String, Refusal> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (topic, protocol, endpoint) = (text(input.topic_arn()), text(input.protocol()), text(input.endpoint()));
    context.recall::<Topic>(&topic).ok_or_else(|| not_found("Topic"))?;
    let to_confirm = match protocol.as_str() {
        "email" | "email-json" if !endpoint.contains('@') => return Err(invalid("Endpoint", "Email address")),
        "email" | "email-json" | "http" | "https" => true,
        "sqs" | "lambda" | "firehose" | "sms" | "application" => false,
        _ => return Err(invalid("Protocol", "Does not support this protocol string")),
    };
    let known = everything(context).into_iter().find(|(_, subscription, _)| subscription.is_that(input));
    let (arn, pending) = match known {
        Some((arn, _, pending)) => (arn, pending),
        None => {
            let arn = format!("{topic}:{}", context.next_uuid("sns subscription"));
            let attributes = input.attributes().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
            let subscription = Subscription { topic, protocol, endpoint, attributes, state: None };
            add(context, &arn, subscription, to_confirm);
            (arn, to_confirm)
        }
    };
    Ok(if pending && input.return_subscription_arn() != Some(true) { NO_ARN_YET.into() } else { arn })
}

fn add(context: &mut Context<'_>, arn: &str, subscription: Subscription, to_confirm: bool) {
    if !to_confirm {
        return context.remember(arn, &subscription);
    }
    context.remember(arn, &Pending(subscription));
    // On the instant clock a pending subscription never expires: it would never be seen pending.
    if context.clock.lasting(PENDING).is_some() {
        context.vanish(Pending::KIND, arn, "pending", PENDING);
    }
}

/// No mail is sent here. The token is the endpoint of the pending subscription to confirm; any other token confirms the
/// first one.
fn confirm(context: &mut Context<'_>, input: &ConfirmSubscriptionInput) -> Step<ConfirmSubscriptionOutput> {
    let of_topic = |p: &Pending| Some(p.0.topic.as_str()) == input.topic_arn();
    let mut pending: Vec<(String, Pending)> = context.all();
    pending.retain(|(_, p)| of_topic(p));
    let named = pending.iter().position(|(_, p)| Some(p.0.endpoint.as_str()) == input.token()).unwrap_or_default();
    if pending.is_empty() {
        return Step::Refuse(invalid("Token", "no subscription waits for it"));
    }
    let (arn, Pending(subscription)) = pending.swap_remove(named);
    context.forget::<Pending>(&arn);
    context.remember(&arn, &subscription);
    Step::Answer(ConfirmSubscriptionOutput::builder().subscription_arn(arn).build())
}

/// Deleting an unknown subscription is no error. With lag, a deleted subscription stays listed for a while.
fn unsubscribe(context: &mut Context<'_>, input: &UnsubscribeInput) -> Step<UnsubscribeOutput> {
    let arn = input.subscription_arn().unwrap_or_default();
    if let Some(gone) = context.recall::<Subscription>(arn).filter(|_| context.conditions.lag) {
        context.remember(arn, &Ghost(gone));
        context.vanish(Ghost::KIND, arn, "deleted", LISTED);
    }
    context.forget::<Subscription>(arn);
    Step::Answer(UnsubscribeOutput::builder().build())
}

fn attributes(
    context: &mut Context<'_>,
    input: &GetSubscriptionAttributesInput,
) -> Step<GetSubscriptionAttributesOutput> {
    let arn = input.subscription_arn().unwrap_or_default();
    let found = everything(context).into_iter().find(|(other, ..)| other == arn);
    step(found.ok_or_else(|| not_found("Subscription")).map(|(_, subscription, pending)| {
        let Subscription { topic, protocol, endpoint, attributes, .. } = subscription;
        let own = [
            ("SubscriptionArn", arn.to_owned()),
            ("TopicArn", topic),
            ("Protocol", protocol),
            ("Endpoint", endpoint),
            ("Owner", ACCOUNT_ID.to_owned()),
            ("PendingConfirmation", pending.to_string()),
            ("ConfirmationWasAuthenticated", (!pending).to_string()),
            ("RawMessageDelivery", "false".to_owned()),
        ];
        let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
        GetSubscriptionAttributesOutput::builder().set_attributes(Some(own.chain(attributes).collect())).build()
    }))
}

fn set_attribute(
    context: &mut Context<'_>,
    input: &SetSubscriptionAttributesInput,
) -> Step<SetSubscriptionAttributesOutput> {
    let arn = input.subscription_arn().unwrap_or_default();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let there = context.recall::<Subscription>(arn).ok_or_else(|| not_found("Subscription"));
    step(there.map(|mut subscription| {
        subscription.attributes.insert(text(input.attribute_name()), text(input.attribute_value()));
        context.remember(arn, &subscription);
        SetSubscriptionAttributesOutput::builder().build()
    }))
}

/// The subscriptions of a topic, or all.
fn listing(context: &Context<'_>, topic: Option<&str>) -> Vec<Listed> {
    let of_topic = |s: &Subscription| topic.is_none_or(|topic| s.topic == topic);
    let ghosts = context.all::<Ghost>().into_iter().map(|(_, ghost)| ghost.0);
    let removed = ghosts.filter(of_topic).map(|s| s.listed(DELETED));
    let asked = everything(context).into_iter().filter(|(_, s, _)| of_topic(s));
    removed.chain(asked.map(|(arn, s, pending)| s.listed(if pending { NO_ARN } else { &arn }))).collect()
}

fn list(context: &mut Context<'_>, _: &ListSubscriptionsInput) -> Step<ListSubscriptionsOutput> {
    let listed = listing(context, None);
    Step::Answer(ListSubscriptionsOutput::builder().set_subscriptions(Some(listed)).build())
}

fn list_by_topic(
    context: &mut Context<'_>,
    input: &ListSubscriptionsByTopicInput,
) -> Step<ListSubscriptionsByTopicOutput> {
    let topic = input.topic_arn().unwrap_or_default();
    step(context.recall::<Topic>(topic).ok_or_else(|| not_found("Topic")).map(|_| {
        let listed = listing(context, Some(topic));
        ListSubscriptionsByTopicOutput::builder().set_subscriptions(Some(listed)).build()
    }))
}
