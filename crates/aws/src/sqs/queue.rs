//! An SQS [queue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html),
//! encrypted with SQS' own key. CreateQueue returns an existing queue with the same attributes, so the owner is checked
//! first. The name of a deleted queue is released after 60 seconds.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::{Permission, allow},
    sqs::{owner, read, verify},
    tags,
};
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use vidpipe_engine::{Change, Class, Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// Its name, unique in the account and region; at most 80 characters.
    pub name: String,
    /// Seconds a message is kept, 60 to 1209600.
    pub retention_s: u32,
    /// Seconds for which a received message is hidden from other consumers, at most 43200.
    pub visibility_timeout_s: u32,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueOutput {
    /// `https://sqs....amazonaws.com/<account>/<name>`
    pub url: String,
    /// `arn:aws:sqs:...`
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Queue {
    fn attributes(&self) -> HashMap<Attribute, String> {
        HashMap::from([
            (Attribute::MessageRetentionPeriod, self.retention_s.to_string()),
            (Attribute::VisibilityTimeout, self.visibility_timeout_s.to_string()),
            (Attribute::SqsManagedSseEnabled, "true".into()),
        ])
    }

    /// The attributes that differ from the spec.
    fn missing(&self, seen: &HashMap<Attribute, String>) -> HashMap<Attribute, String> {
        self.attributes().into_iter().filter(|(name, desired)| seen.get(name) != Some(desired)).collect()
    }

    /// The URL of the queue of that name, regardless of its owner.
    async fn url(&self, cx: &Cx) -> Result<Option<String>> {
        match cx.cloud.sqs.get_queue_url().queue_name(&self.name).send().await.or_fail("find the queue") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            Err(e) => Err(e),
            Ok(found) => Ok(found.queue_url),
        }
    }
}

/// The queue, if it carries this node's tags.
async fn ours(cx: &Cx, url: String) -> Result<Option<PhysicalId>> {
    let call = cx.cloud.sqs.list_queue_tags().queue_url(&url);
    let tags = call.send().await.or_fail("read the queue's tags")?.tags.unwrap_or_default();
    let ours = tags::are_ours(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(ours.then_some(PhysicalId(url)))
}

impl Resource for Queue {
    type Cloud = Aws;
    type Output = QueueOutput;
    const KIND: &'static str = "sqs:queue";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "sqs_queue";
    const DATA_LOSS: Option<&'static str> = Some("the messages in it");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        if let Some(url) = self.url(cx).await? {
            return ours(cx, url).await?.ok_or_else(|| tags::taken("queue", &self.name));
        }
        let call = cx.cloud.sqs.create_queue().queue_name(&self.name).set_attributes(Some(self.attributes()));
        let call = call.set_tags(Some(tags::of(cx, &self.name).into_iter().collect()));
        let made = call.send().await.or_fail("create the queue")?;
        ids::id(made.queue_url, "queue")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(url) = self.url(cx).await? else { return Ok(None) };
        ours(cx, url).await
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::queue(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<QueueOutput>> {
        let seen = read(cx, &id.0).await?;
        let Some(arn) = seen.get(&Attribute::QueueArn) else {
            return Ok(Observed::pending("its ARN is not known yet"));
        };
        let output = QueueOutput { url: id.0.clone(), arn: arn.clone(), name: self.name.clone() };
        Ok(match self.missing(&seen).is_empty() {
            true => Observed::Ready(output),
            // SQS propagates most changes within a minute, a change of the retention within fifteen.
            false => Observed::differs("its attributes are others", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let missing = self.missing(&read(cx, &id.0).await?);
        if missing.is_empty() {
            return Ok(());
        }
        let call = cx.cloud.sqs.set_queue_attributes().queue_url(&id.0).set_attributes(Some(missing));
        call.send().await.or_fail("change the queue's attributes").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.sqs.delete_queue().queue_url(&id.0).send().await.or_fail("delete the queue")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Queue {
    const PERMISSIONS: &'static [Permission] = &[allow(&[
        "sqs:CreateQueue",
        "sqs:DeleteQueue",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
        "sqs:SetQueueAttributes",
        "sqs:TagQueue",
    ])
    .on(&["arn:aws:sqs:*:*:{name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::queue(check, want).await
    }
}
