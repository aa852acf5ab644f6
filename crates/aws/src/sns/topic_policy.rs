//! A topic's [policy](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html):
//! the account's CloudWatch alarms may publish, and access without TLS is denied. A topic always has a policy, so
//! deleting this one restores AWS's default policy.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    policy::says,
    sns::{owner, read, verify},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

const POLICY: &str = "Policy";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct TopicPolicy {
    /// The topic.
    pub topic_arn: String,
    /// The twelve-digit id of the account whose alarms may publish.
    pub account: String,
}

impl TopicPolicy {
    fn policy(&self) -> Value {
        // An alarm notifies only topics of its own region.
        let mut place = self.topic_arn.split(':').skip(1);
        let (partition, region) = (place.next().unwrap_or("aws"), place.nth(1).unwrap_or("*"));
        let account = &self.account;
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AlarmsOfTheAccount",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": "sns:Publish",
                    "Resource": self.topic_arn,
                    "Condition": {
                        "ArnLike": {"aws:SourceArn": format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:*")},
                        "StringEquals": {"aws:SourceAccount": account},
                    },
                },
                {
                    "Sid": "OnlyWithTls",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "sns:Publish",
                    "Resource": self.topic_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        })
    }

    /// The [default policy](https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html) of a new topic:
    /// its owner may do anything with it.
    fn aws_own(&self) -> Value {
        let actions = [
            "GetTopicAttributes",
            "SetTopicAttributes",
            "AddPermission",
            "RemovePermission",
            "DeleteTopic",
            "Subscribe",
            "ListSubscriptionsByTopic",
            "Publish",
        ];
        json!({
            "Version": "2008-10-17",
            "Id": "__default_policy_ID",
            "Statement": [{
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": actions.map(|action| format!("SNS:{action}")),
                "Resource": self.topic_arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": self.account}},
            }],
        })
    }

    async fn put(&self, cx: &Cx, policy: &Value) -> Result<()> {
        let call = cx.cloud.sns.set_topic_attributes().topic_arn(&self.topic_arn).attribute_name(POLICY);
        call.attribute_value(policy.to_string()).send().await.or_fail("set the topic's policy").map(drop)
    }

    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        let seen = read(cx, &self.topic_arn).await?;
        Ok(seen.get(POLICY).is_some_and(|text| says(text, &self.policy())))
    }
}

impl Resource for TopicPolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "sns:topic-policy";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("sns:topic");
    const UPDATES: bool = true;
    const TIMING: &'static str = "sns_topic";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx, &self.policy()).await?;
        Ok(PhysicalId(self.topic_arn.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_set(cx).await?.then(|| PhysicalId(self.topic_arn.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::topic(cx, &self.topic_arn).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_set(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx, &self.policy()).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.put(cx, &self.aws_own()).await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.topic_arn == old.topic_arn) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for TopicPolicy {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["sns:GetTopicAttributes", "sns:SetTopicAttributes"]).on(&["arn:aws:sns:*:*:{sns:topic.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::topic_policy(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_alarms_of_the_account_and_region_may_publish() {
        let topic_arn = "arn:aws-cn:sns:cn-north-1:1:alerts".to_owned();
        let policy = TopicPolicy { topic_arn, account: "1".into() };
        let (ours, own) = (policy.policy(), policy.aws_own());
        let condition = &ours["Statement"][0]["Condition"];
        assert_eq!(condition["ArnLike"]["aws:SourceArn"], "arn:aws-cn:cloudwatch:cn-north-1:1:alarm:*");
        assert_eq!(condition["StringEquals"]["aws:SourceAccount"], "1");
        assert_eq!(ours["Statement"][1]["Effect"], "Deny");
        assert!(!says(&own.to_string(), &ours) && says(&ours.to_string(), &ours));
    }
}
