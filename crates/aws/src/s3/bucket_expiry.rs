//! A bucket's object expiry: one rule of its
//! [lifecycle](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html). The call
//! replaces the whole configuration. S3 applies it once a day, and removes leftover delete markers by itself.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    s3::{owner, verify},
};
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter, NoncurrentVersionExpiration,
};
use aws_smithy_types::error::operation::BuildError;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The id of the lifecycle rule.
const RULE: &str = "vidpipe-expiry";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct BucketExpiry {
    /// The name of the bucket.
    pub bucket: String,
    /// Days after which objects, noncurrent versions and unfinished uploads are deleted; at least 1.
    pub days: u16,
}

impl BucketExpiry {
    fn rule(&self) -> std::result::Result<LifecycleRule, BuildError> {
        let days = i32::from(self.days);
        LifecycleRule::builder()
            .id(RULE)
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
            .expiration(LifecycleExpiration::builder().days(days).build())
            .noncurrent_version_expiration(NoncurrentVersionExpiration::builder().noncurrent_days(days).build())
            .abort_incomplete_multipart_upload(
                AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build(),
            )
            .build()
    }

    async fn put(&self, cx: &Cx) -> Result<()> {
        let desired = self.rule().and_then(|rule| BucketLifecycleConfiguration::builder().rules(rule).build());
        let desired = desired.map_err(|e| Error::new(Class::Invalid, "write the bucket's lifecycle").caused_by(e))?;
        let call = cx.cloud.s3.put_bucket_lifecycle_configuration().bucket(&self.bucket);
        call.lifecycle_configuration(desired).send().await.or_fail("set the bucket's lifecycle").map(drop)
    }

    fn is(&self, rule: &LifecycleRule) -> bool {
        let days = Some(i32::from(self.days));
        rule.status() == &ExpirationStatus::Enabled
            && rule.expiration().and_then(|e| e.days()) == days
            && rule.noncurrent_version_expiration().and_then(|e| e.noncurrent_days()) == days
            && rule.abort_incomplete_multipart_upload().and_then(|a| a.days_after_initiation()) == days
    }

    async fn seen(&self, cx: &Cx) -> Result<Vec<LifecycleRule>> {
        let call = cx.cloud.s3.get_bucket_lifecycle_configuration().bucket(&self.bucket);
        Ok(call.send().await.or_fail("read the bucket's lifecycle")?.rules.unwrap_or_default())
    }
}

impl Resource for BucketExpiry {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "s3:bucket-expiry";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("s3:bucket");
    const UPDATES: bool = true;
    const TIMING: &'static str = "s3_bucket_lifecycle";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx).await?;
        Ok(PhysicalId(self.bucket.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = self.seen(cx).await?.iter().any(|rule| self.is(rule));
        Ok(set.then(|| PhysicalId(self.bucket.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::bucket(cx, &self.bucket).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let seen = self.seen(cx).await?;
        Ok(match seen.iter().any(|rule| self.is(rule)) {
            true => Observed::Ready(()),
            false if seen.is_empty() => Observed::Absent,
            false => Observed::differs("the bucket has another lifecycle", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.s3.delete_bucket_lifecycle().bucket(&self.bucket);
        call.send().await.or_fail("remove the bucket's lifecycle")?;
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

impl AwsKind for BucketExpiry {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"])
            .on(&["arn:aws:s3:::{s3:bucket.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::bucket_expiry(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_uploads_go_with_the_objects() {
        let of = |days| BucketExpiry { bucket: "b".into(), days };
        let mut rule = of(90).rule().expect("everything is given");
        assert!(of(90).is(&rule) && !of(91).is(&rule));
        rule.noncurrent_version_expiration = None;
        assert!(!of(90).is(&rule), "old versions would stay");
    }
}
