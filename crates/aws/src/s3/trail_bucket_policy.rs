//! The [policy](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html)
//! of a bucket that one trail writes to. It must exist before the trail, so it names the trail by an ARN that is known
//! in advance.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    policy,
    s3::{owner, verify},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vidpipe_engine::{Change, Class, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct TrailBucketPolicy {
    /// The name of the bucket.
    pub bucket: String,
    /// Its ARN.
    pub bucket_arn: String,
    /// The trail that may write to it; it need not exist yet.
    pub trail_arn: String,
    /// The twelve-digit id of the account, in whose folder the trail writes.
    pub account: String,
}

impl TrailBucketPolicy {
    /// Denies access without TLS; allows only the trail to read the bucket's ACL and to write to the account's log
    /// folder.
    fn policy(&self) -> Value {
        let Self { bucket_arn, trail_arn, account, .. } = self;
        let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OnlyWithTls",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [bucket_arn, format!("{bucket_arn}/*")],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                {
                    "Sid": "TrailSeesTheOwner",
                    "Effect": "Allow",
                    "Principal": cloudtrail,
                    "Action": "s3:GetBucketAcl",
                    "Resource": bucket_arn,
                    "Condition": {"StringEquals": {"aws:SourceArn": trail_arn}},
                },
                {
                    "Sid": "TrailWrites",
                    "Effect": "Allow",
                    "Principal": cloudtrail,
                    "Action": "s3:PutObject",
                    "Resource": format!("{bucket_arn}/AWSLogs/{account}/*"),
                    "Condition": {
                        "StringEquals": {"aws:SourceArn": trail_arn, "s3:x-amz-acl": "bucket-owner-full-control"},
                    },
                },
            ],
        })
    }

    /// Whether the policy matches the spec; `None` if no policy exists.
    async fn is_as_wanted(&self, cx: &Cx) -> Result<Option<bool>> {
        let call = cx.cloud.s3.get_bucket_policy().bucket(&self.bucket);
        match call.send().await.or_fail("read the bucket's policy") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            Err(e) => Err(e),
            Ok(seen) => Ok(seen.policy().map(|text| policy::says(text, &self.policy()))),
        }
    }
}

impl Resource for TrailBucketPolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "s3:trail-bucket-policy";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("s3:bucket");
    const UPDATES: bool = true;
    const TIMING: &'static str = "s3_bucket_setting";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.s3.put_bucket_policy().bucket(&self.bucket).policy(self.policy().to_string());
        call.send().await.or_fail("set the bucket's policy")?;
        Ok(PhysicalId(self.bucket.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = self.is_as_wanted(cx).await? == Some(true);
        Ok(set.then(|| PhysicalId(self.bucket.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::bucket(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(match self.is_as_wanted(cx).await? {
            None => Observed::Absent,
            Some(true) => Observed::Ready(()),
            Some(false) => Observed::differs("the bucket has another policy", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.create(cx).await.map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.s3.delete_bucket_policy().bucket(&id.0).send().await.or_fail("delete the bucket's policy")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.bucket == old.bucket) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for TrailBucketPolicy {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy"])
            .on(&["arn:aws:s3:::{s3:bucket.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::trail_bucket_policy(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_trail_writes_and_only_in_its_accounts_folder() {
        let desired = TrailBucketPolicy {
            bucket: "b".into(),
            bucket_arn: "arn:aws:s3:::b".into(),
            trail_arn: "arn:trail".into(),
            account: "123456789012".into(),
        };
        let policy = desired.policy();
        let allows: Vec<&Value> = policy["Statement"].as_array().into_iter().flatten().skip(1).collect();
        assert_eq!(allows.len(), 2);
        for allow in allows {
            assert_eq!(allow["Principal"], json!({"Service": "cloudtrail.amazonaws.com"}));
            assert_eq!(allow["Condition"]["StringEquals"]["aws:SourceArn"], "arn:trail");
        }
        assert_eq!(policy["Statement"][2]["Resource"], "arn:aws:s3:::b/AWSLogs/123456789012/*");
        assert_eq!(policy["Statement"][0]["Effect"], "Deny");
    }
}
