//! An SNS [topic](https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html). CreateTopic returns an existing
//! topic of the same name, so the owner is checked first. It is not encrypted at rest: CloudWatch may not use SNS' own
//! key, and its alarm notifications would be lost.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::{Permission, allow},
    sns::{arn, owner, read, verify},
    tags,
};
use aws_sdk_sns::types::Tag;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

const DISPLAY_NAME: &str = "DisplayName";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name, unique in the account and region; at most 256 characters.
    pub name: String,
    /// The sender name of its e-mails.
    pub display_name: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicOutput {
    /// `arn:aws:sns:...`
    pub arn: String,
}

/// Whether the topic exists, and its id if it carries this node's tags.
async fn ours(cx: &Cx, arn: &str) -> Result<(bool, Option<PhysicalId>)> {
    let call = cx.cloud.sns.list_tags_for_resource().resource_arn(arn);
    match call.send().await.or_fail("find the topic") {
        Err(e) if e.class == Class::NotFound => Ok((false, None)),
        Err(e) => Err(e),
        Ok(found) => {
            let ours = tags::are_ours(cx, found.tags().iter().map(|t| (t.key(), t.value())));
            Ok((true, ours.then(|| PhysicalId(arn.into()))))
        }
    }
}

impl Resource for Topic {
    type Cloud = Aws;
    type Output = TopicOutput;
    const KIND: &'static str = "sns:topic";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "sns_topic";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        if let (true, whose) = ours(cx, &arn(cx, &self.name)).await? {
            return whose.ok_or_else(|| tags::taken("topic", &self.name));
        }
        let tags = tags::checked(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())?;
        let call = cx.cloud.sns.create_topic().name(&self.name).set_tags(Some(tags));
        let made = call.attributes(DISPLAY_NAME, &self.display_name).send().await.or_fail("create the topic")?;
        ids::id(made.topic_arn, "topic")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(ours(cx, &arn(cx, &self.name)).await?.1)
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::topic(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<TopicOutput>> {
        let seen = read(cx, &id.0).await?;
        let output = TopicOutput { arn: id.0.clone() };
        Ok(match seen.get(DISPLAY_NAME).map_or("", String::as_str) == self.display_name {
            true => Observed::Ready(output),
            false => Observed::differs("its display name is another one", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.sns.set_topic_attributes().topic_arn(&id.0).attribute_name(DISPLAY_NAME);
        let call = call.attribute_value(&self.display_name).send();
        call.await.or_fail("change the topic's display name").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.sns.delete_topic().topic_arn(&id.0).send().await.or_fail("delete the topic")?;
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

impl AwsKind for Topic {
    const PERMISSIONS: &'static [Permission] = &[allow(&[
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:GetTopicAttributes",
        "sns:ListTagsForResource",
        "sns:SetTopicAttributes",
        "sns:TagResource",
    ])
    .on(&["arn:aws:sns:*:*:{name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::topic(check, want).await
    }
}
