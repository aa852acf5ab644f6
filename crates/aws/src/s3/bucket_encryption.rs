//! A bucket's default [encryption](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html), for
//! requests that specify none. S3 never stores objects unencrypted; without this setting it uses its own key.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    s3::{owner, verify},
};
use aws_sdk_s3::types::{
    ServerSideEncryption as Algorithm, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule,
};
use aws_smithy_types::error::operation::BuildError;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct BucketEncryption {
    /// The name of the bucket.
    pub bucket: String,
    /// The ARN of the KMS key; `None` is S3's own. The key policy must allow all writers to use it.
    pub kms_key: Option<String>,
}

impl BucketEncryption {
    fn algorithm(&self) -> Algorithm {
        if self.kms_key.is_some() { Algorithm::AwsKms } else { Algorithm::Aes256 }
    }

    fn desired(&self) -> std::result::Result<ServerSideEncryptionConfiguration, BuildError> {
        let with = ServerSideEncryptionByDefault::builder().sse_algorithm(self.algorithm());
        let with = with.set_kms_master_key_id(self.kms_key.clone()).build()?;
        // With a KMS key, the bucket key saves most calls to KMS. With S3's own key it has no effect, but distinguishes
        // this rule from the default rule of every bucket.
        let rule = ServerSideEncryptionRule::builder().bucket_key_enabled(true);
        let rule = rule.apply_server_side_encryption_by_default(with).build();
        ServerSideEncryptionConfiguration::builder().rules(rule).build()
    }

    async fn put(&self, cx: &Cx) -> Result<()> {
        let expected = self.desired();
        let expected =
            expected.map_err(|e| Error::new(Class::Invalid, "write the bucket's encryption").caused_by(e))?;
        let call = cx.cloud.s3.put_bucket_encryption().bucket(&self.bucket);
        let call = call.server_side_encryption_configuration(expected);
        call.send().await.or_fail("set the bucket's encryption").map(drop)
    }

    fn is(&self, rule: &ServerSideEncryptionRule) -> bool {
        let with = rule.apply_server_side_encryption_by_default();
        let same = |with: &ServerSideEncryptionByDefault| {
            *with.sse_algorithm() == self.algorithm() && with.kms_master_key_id() == self.kms_key.as_deref()
        };
        rule.bucket_key_enabled() == Some(true) && with.is_some_and(same)
    }

    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.s3.get_bucket_encryption().bucket(&self.bucket);
        let seen = call.send().await.or_fail("read the bucket's encryption")?;
        let rules = seen.server_side_encryption_configuration.map(|c| c.rules).unwrap_or_default();
        Ok(rules.iter().any(|rule| self.is(rule)))
    }
}

impl Resource for BucketEncryption {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "s3:bucket-encryption";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("s3:bucket");
    const UPDATES: bool = true;
    const TIMING: &'static str = "s3_bucket_setting";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx).await?;
        Ok(PhysicalId(self.bucket.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_set(cx).await?.then(|| PhysicalId(self.bucket.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::bucket(cx, &self.bucket).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_set(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.s3.delete_bucket_encryption().bucket(&self.bucket);
        call.send().await.or_fail("put back the bucket's encryption")?;
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

impl AwsKind for BucketEncryption {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["s3:GetEncryptionConfiguration", "s3:PutEncryptionConfiguration"])
            .on(&["arn:aws:s3:::{s3:bucket.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::bucket_encryption(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_key_is_another_encryption() {
        let of = |key: Option<&str>| BucketEncryption { bucket: "b".into(), kms_key: key.map(str::to_owned) };
        let rule = of(Some("arn:key-1")).desired().expect("everything is given").rules.remove(0);
        assert!(of(Some("arn:key-1")).is(&rule));
        assert!(!of(Some("arn:key-2")).is(&rule) && !of(None).is(&rule));
        assert_eq!(of(None).change(&of(Some("arn:key-1"))), Change::Update);
    }
}
