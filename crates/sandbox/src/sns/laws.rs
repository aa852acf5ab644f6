//! SNS: existing topics, policies, and unconfirmed subscriptions.

use aws_sdk_sns::operation::create_topic::{CreateTopicInput, CreateTopicOutput};
use aws_sdk_sns::operation::get_topic_attributes::{GetTopicAttributesInput, GetTopicAttributesOutput};
use aws_sdk_sns::operation::list_tags_for_resource::{ListTagsForResourceInput, ListTagsForResourceOutput};
use aws_sdk_sns::operation::set_topic_attributes::{SetTopicAttributesInput, SetTopicAttributesOutput};
use aws_sdk_sns::operation::unsubscribe::{UnsubscribeInput, UnsubscribeOutput};
use serde_json::Value;

use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::sns::{Pending, TOPIC_SHOWN, Topic, invalid, not_found};
use crate::typed::{Step, before};

const SUBSCRIBE: &str = "https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html";
const GOING: &str = "https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html";
const NO_PROMISE: &str = "AWS promises no read after write here";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = vec![
        Law::reported(
            "sns/topic-differs",
            "a topic of that name with other tags, or other attributes, is in the way; with the same, SNS answers with it",
            "localstack/localstack#2405",
            before(differs),
        ),
        Law::assumed(
            "sns/topic-not-shown-yet",
            "a new topic's attributes are not shown for a moment",
            NO_PROMISE,
            before(unseen),
        ),
        Law::assumed(
            "sns/tags-not-shown-yet",
            "a new topic's tags are not shown for a moment",
            NO_PROMISE,
            before(unseen_tags),
        ),
        Law::documented(
            "sns/policy",
            "a topic's policy must be a policy, and a topic is never without one",
            "https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html",
            before(no_policy),
        ),
        Law::documented_only(
            "sns/removed-stays-listed",
            "a subscription that was removed stays listed as Deleted, perhaps before the one that is there",
            Basis::Assumed,
            "users of AWS see it in lists for about three days; no page says so",
        ),
        Law::documented(
            "sns/pending-stays",
            "a subscription that nobody has confirmed cannot be removed",
            GOING,
            before(pending),
        ),
    ];
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    laws.extend([
        documented("sns/pending-ends", "a subscription that nobody confirms is forgotten after 48 hours", GOING),
        documented("sns/topic-goes-first", "the subscriptions of a deleted topic follow it some time later", GOING),
        documented("sns/subscribed-twice", "asked for a subscription that is there, SNS answers with it", SUBSCRIBE),
        documented("sns/endpoint", "an e-mail subscription needs an e-mail address", SUBSCRIBE),
    ]);
    laws
}

fn unless<O>(refusal: Option<Refusal>) -> Step<O> {
    refusal.map_or(Step::Pass, Step::Refuse)
}

fn differs(context: &mut Context<'_>, input: &CreateTopicInput) -> Step<CreateTopicOutput> {
    let arn = context.arn("sns", input.name().unwrap_or_default());
    let (there, asked) = (context.recall::<Topic>(&arn), Topic::asked(input));
    unless(there.and_then(|there| {
        let other = |name: &String, value: &String| there.attributes.get(name).is_none_or(|v| v != value);
        if asked.attributes.iter().any(|(name, value)| other(name, value)) {
            return Some(invalid("Attributes", "Topic already exists with different attributes"));
        }
        (asked.tags != there.tags).then(|| invalid("Tags", "Topic already exists with different tags"))
    }))
}

fn not_yet<O>(context: &Context<'_>, arn: Option<&str>) -> Step<O> {
    unless(context.is_lagging(TOPIC_SHOWN, arn.unwrap_or_default()).then(|| not_found("Topic")))
}

fn unseen(context: &mut Context<'_>, input: &GetTopicAttributesInput) -> Step<GetTopicAttributesOutput> {
    not_yet(context, input.topic_arn())
}

fn unseen_tags(context: &mut Context<'_>, input: &ListTagsForResourceInput) -> Step<ListTagsForResourceOutput> {
    not_yet(context, input.resource_arn())
}

fn no_policy(_: &mut Context<'_>, input: &SetTopicAttributesInput) -> Step<SetTopicAttributesOutput> {
    let policy = input.attribute_value().unwrap_or_default();
    let bad = serde_json::from_str::<Value>(policy).map_or(true, |policy| policy["Statement"].is_null());
    unless((bad && input.attribute_name() == Some("Policy")).then(|| invalid("Policy", "Policy Error: null")))
}

fn pending(context: &mut Context<'_>, input: &UnsubscribeInput) -> Step<UnsubscribeOutput> {
    let pending = context.recall::<Pending>(input.subscription_arn().unwrap_or_default());
    unless(pending.map(|_| invalid("SubscriptionArn", "it is pending confirmation")))
}
