//! A [subscription](https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html) to a topic. An e-mail subscription
//! is pending until the recipient follows the link in the mail; it counts as ready all the same. A pending subscription
//! cannot be removed; SNS deletes it
//! [after 48 hours](https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html). It is deleted with
//! its topic, which is therefore its owner; from its endpoint it should only read values.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::{Permission, allow},
    sns::{owner, verify},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    /// The topic.
    pub topic_arn: String,
    /// The delivery protocol, such as `email` or `sqs`.
    pub protocol: String,
    /// The destination: an address or an ARN.
    pub endpoint: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscriptionOutput {
    /// `arn:aws:sns:...`
    pub arn: String,
}

/// Whether it is waiting for confirmation.
async fn is_pending(cx: &Cx, arn: &str) -> Result<bool> {
    let call = cx.cloud.sns.get_subscription_attributes().subscription_arn(arn);
    let seen = call.send().await.or_fail("read the subscription")?.attributes.unwrap_or_default();
    Ok(seen.get("PendingConfirmation").is_some_and(|pending| pending == "true"))
}

impl Resource for Subscription {
    type Cloud = Aws;
    type Output = SubscriptionOutput;
    const KIND: &'static str = "sns:subscription";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("sns:topic");
    const TIMING: &'static str = "sns_subscription";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call =
            cx.cloud.sns.subscribe().topic_arn(&self.topic_arn).protocol(&self.protocol).endpoint(&self.endpoint);
        // Otherwise SNS returns "pending confirmation" in place of the ARN.
        let made = call.return_subscription_arn(true).send().await.or_fail("subscribe to the topic")?;
        ids::id(made.subscription_arn, "subscription")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.sns.list_subscriptions_by_topic().topic_arn(&self.topic_arn);
        let mut listed = items!(call);
        while let Some(found) = listed.next().await {
            let found = found.or_fail("find the subscription")?;
            // A removed subscription stays listed for days, possibly before the current one.
            if found.subscription_arn() == Some("Deleted") {
                continue;
            }
            if (found.protocol(), found.endpoint()) == (Some(self.protocol.as_str()), Some(self.endpoint.as_str())) {
                // SNS lists no ARN for a pending subscription; subscribing again returns it.
                return Ok(found.subscription_arn.filter(|arn| arn.starts_with("arn:")).map(PhysicalId));
            }
        }
        Ok(None)
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::subscription(cx, &self.topic_arn, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<SubscriptionOutput>> {
        is_pending(cx, &id.0).await?;
        Ok(Observed::Ready(SubscriptionOutput { arn: id.0.clone() }))
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        // An unconfirmed subscription cannot be removed; SNS deletes it within 48 hours.
        if is_pending(cx, &id.0).await? {
            return Ok(Removal::Ending);
        }
        cx.cloud.sns.unsubscribe().subscription_arn(&id.0).send().await.or_fail("remove the subscription")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for Subscription {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["sns:ListSubscriptionsByTopic", "sns:Subscribe"]).on(&["arn:aws:sns:*:*:{sns:topic.name}"]),
        allow(&["sns:GetSubscriptionAttributes", "sns:Unsubscribe"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::subscription(check, want).await
    }
}
