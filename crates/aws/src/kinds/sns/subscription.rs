//! A [subscription](https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html) to a topic. One by e-mail is pending until
//! somebody follows the link in the mail: it is as we want it all the same. A pending one cannot be removed; SNS forgets it
//! [after 48 hours](https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html). It goes with its
//! topic, which is therefore its owner; let it only read the values of its endpoint.
use crate::{Aws, Cx, OrFail, kinds};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    /// The topic.
    pub topic_arn: String,
    /// How messages get there, such as `email` or `sqs`.
    pub protocol: String,
    /// Where they go: an address, or an ARN.
    pub endpoint: String,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubscriptionOutput {
    /// `arn:aws:sns:...`
    pub arn: String,
}

/// Whether it waits for somebody to confirm it.
async fn is_pending(cx: &Cx, arn: &str) -> Result<bool> {
    let call = cx.cloud.sns.get_subscription_attributes().subscription_arn(arn);
    let seen = call.send().await.or_fail("look at the subscription")?.attributes.unwrap_or_default();
    Ok(seen.get("PendingConfirmation").is_some_and(|pending| pending == "true"))
}

impl Resource for Subscription {
    type Cloud = Aws;
    type Output = SubscriptionOutput;
    const KIND: &'static str = "sns:subscription";
    const IDENTITY: Identity = Identity::Setting;
    const TIMING: &'static str = "sns_subscription";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call =
            cx.cloud.sns.subscribe().topic_arn(&self.topic_arn).protocol(&self.protocol).endpoint(&self.endpoint);
        // Else SNS answers "pending confirmation" in place of its ARN.
        let made = call.return_subscription_arn(true).send().await.or_fail("subscribe to the topic")?;
        kinds::id(made.subscription_arn, "subscription")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.sns.list_subscriptions_by_topic().topic_arn(&self.topic_arn);
        let mut listed = items!(call);
        while let Some(found) = listed.next().await {
            let found = found.or_fail("look for the subscription")?;
            // One that was removed stays listed for days, perhaps before the one that is there.
            if found.subscription_arn() == Some("Deleted") {
                continue;
            }
            if (found.protocol(), found.endpoint()) == (Some(self.protocol.as_str()), Some(self.endpoint.as_str())) {
                // Of a pending one SNS lists no ARN; asked for again, it tells it.
                return Ok(found.subscription_arn.filter(|arn| arn.starts_with("arn:")).map(PhysicalId));
            }
        }
        Ok(None)
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<SubscriptionOutput>> {
        is_pending(cx, &id.0).await?;
        Ok(Observed::Ready(SubscriptionOutput { arn: id.0.clone() }))
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        // Nobody has confirmed it: it ends by itself within 48 hours, and nobody can end it sooner.
        if is_pending(cx, &id.0).await? {
            return Ok(Removal::Ending);
        }
        cx.cloud.sns.unsubscribe().subscription_arn(&id.0).send().await.or_fail("remove the subscription")?;
        Ok(Removal::Asked)
    }
}
