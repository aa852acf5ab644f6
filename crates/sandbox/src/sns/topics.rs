//! Topics: their attributes and the number of their subscriptions.

use std::collections::BTreeMap;

use aws_sdk_sns::operation::create_topic::{CreateTopicInput, CreateTopicOutput};
use aws_sdk_sns::operation::delete_topic::{DeleteTopicInput, DeleteTopicOutput};
use aws_sdk_sns::operation::get_topic_attributes::{GetTopicAttributesInput, GetTopicAttributesOutput};
use aws_sdk_sns::operation::set_topic_attributes::{SetTopicAttributesInput, SetTopicAttributesOutput};
use aws_sdk_sns::operation::tag_resource::{TagResourceInput, TagResourceOutput};
use aws_sdk_sns::operation::untag_resource::{UntagResourceInput, UntagResourceOutput};
use aws_sdk_sns::types::Tag;
use serde::{Deserialize, Serialize};

use super::{Pending, Subscription, subscriptions};
use crate::context::Context;
use crate::store::Fact;
use crate::typed::{Rule, after};

/// The kind of lag of a new topic.
pub(crate) const TOPIC_SHOWN: &str = "sns:topic-shown";

/// A topic, kept by its ARN.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Topic {
    /// The attributes that were set, without SNS's defaults.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Fact for Topic {
    const KIND: &'static str = "sns:topic";
}

/// Tags by their keys.
pub(crate) fn tags(given: &[Tag]) -> BTreeMap<String, String> {
    given.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

impl Topic {
    /// The topic of a create call.
    pub(crate) fn asked(input: &CreateTopicInput) -> Self {
        let attributes = input.attributes().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
        Self { attributes, tags: tags(input.tags()) }
    }
}

pub(super) fn rules() -> Vec<Rule> {
    vec![after(created), after(describe), after(changed), after(tagged), after(untagged), after(deleted)]
}

fn created(context: &mut Context<'_>, input: &CreateTopicInput, output: &mut CreateTopicOutput) {
    let arn = output.topic_arn().unwrap_or_default();
    if context.recall::<Topic>(arn).is_none() {
        context.remember(arn, &Topic::asked(input));
        context.lags(TOPIC_SHOWN, arn, "sns_topic");
    }
}

fn describe(context: &mut Context<'_>, input: &GetTopicAttributesInput, output: &mut GetTopicAttributesOutput) {
    let arn = input.topic_arn().unwrap_or_default();
    let Some(topic) = context.recall::<Topic>(arn) else { return };
    let described = output.attributes.get_or_insert_default();
    described.insert("DisplayName".into(), String::new());
    described.extend(topic.attributes);
    let of_topic = |topic: &str| topic == arn;
    let confirmed = context.all::<Subscription>().iter().filter(|(_, s)| of_topic(&s.topic)).count();
    let pending = context.all::<Pending>().iter().filter(|(_, p)| of_topic(&p.0.topic)).count();
    described.insert("SubscriptionsConfirmed".into(), confirmed.to_string());
    described.insert("SubscriptionsPending".into(), pending.to_string());
    described.insert("SubscriptionsDeleted".into(), "0".into());
}

fn changed(context: &mut Context<'_>, input: &SetTopicAttributesInput, _: &mut SetTopicAttributesOutput) {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    context.amend::<Topic>(input.topic_arn().unwrap_or_default(), |topic| {
        topic.attributes.insert(text(input.attribute_name()), text(input.attribute_value()));
    });
}

fn tagged(context: &mut Context<'_>, input: &TagResourceInput, _: &mut TagResourceOutput) {
    let new = tags(input.tags());
    context.amend::<Topic>(input.resource_arn().unwrap_or_default(), |topic| topic.tags.extend(new));
}

fn untagged(context: &mut Context<'_>, input: &UntagResourceInput, _: &mut UntagResourceOutput) {
    context.amend::<Topic>(input.resource_arn().unwrap_or_default(), |topic| {
        topic.tags.retain(|key, _| !input.tag_keys().contains(key));
    });
}

fn deleted(context: &mut Context<'_>, input: &DeleteTopicInput, _: &mut DeleteTopicOutput) {
    let arn = input.topic_arn().unwrap_or_default();
    context.forget::<Topic>(arn);
    subscriptions::orphan(context, arn);
}
