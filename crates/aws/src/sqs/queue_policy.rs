//! A queue's
//! [policy](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html):
//! denies access without TLS. It allows nothing; within the account, the roles' own policies do.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    policy::says,
    sqs::{owner, read, verify},
};
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct QueuePolicy {
    /// The URL of the queue.
    pub queue_url: String,
    /// Its ARN.
    pub queue_arn: String,
}

impl QueuePolicy {
    fn policy(&self) -> Value {
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Sid": "OnlyWithTls",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "sqs:*",
                "Resource": self.queue_arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }],
        })
    }

    async fn put(&self, cx: &Cx, policy: &str) -> Result<()> {
        let call = cx.cloud.sqs.set_queue_attributes().queue_url(&self.queue_url);
        let call = call.attributes(Attribute::Policy, policy).send();
        call.await.or_fail("set the queue's policy").map(drop)
    }

    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        let seen = read(cx, &self.queue_url).await?;
        Ok(seen.get(&Attribute::Policy).is_some_and(|text| says(text, &self.policy())))
    }
}

impl Resource for QueuePolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "sqs:queue-policy";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("sqs:queue");
    const UPDATES: bool = true;
    const TIMING: &'static str = "sqs_queue";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx, &self.policy().to_string()).await?;
        Ok(PhysicalId(self.queue_url.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_set(cx).await?.then(|| PhysicalId(self.queue_url.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::queue(cx, &self.queue_url).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_set(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx, &self.policy().to_string()).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        // An empty policy removes it.
        self.put(cx, "").await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.queue_url == old.queue_url) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for QueuePolicy {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["sqs:GetQueueAttributes", "sqs:SetQueueAttributes"]).on(&["arn:aws:sqs:*:*:{sqs:queue.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::queue_policy(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_only_denies() {
        let policy = QueuePolicy { queue_url: "https://q".into(), queue_arn: "arn:q".into() }.policy();
        let statements = policy["Statement"].as_array().expect("a policy has statements");
        assert!(statements.iter().all(|s| s["Effect"] == "Deny" && s["Resource"] == "arn:q"), "{policy}");
    }
}
