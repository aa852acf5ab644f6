//! The [versioning](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html) of a bucket:
//! overwritten and deleted objects stay as old versions. It can be suspended but never turned off again.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    s3::{owner, verify},
};
use aws_sdk_s3::types::{BucketVersioningStatus as Status, VersioningConfiguration};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct BucketVersioning {
    /// The name of the bucket.
    pub bucket: String,
}

impl BucketVersioning {
    async fn put(&self, cx: &Cx, status: Status) -> Result<()> {
        let versioning = VersioningConfiguration::builder().status(status).build();
        let call = cx.cloud.s3.put_bucket_versioning().bucket(&self.bucket).versioning_configuration(versioning);
        call.send().await.or_fail("set the bucket's versioning").map(drop)
    }

    async fn is_on(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.s3.get_bucket_versioning().bucket(&self.bucket);
        Ok(call.send().await.or_fail("read the bucket's versioning")?.status == Some(Status::Enabled))
    }
}

impl Resource for BucketVersioning {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "s3:bucket-versioning";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("s3:bucket");
    const TIMING: &'static str = "s3_bucket_setting";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx, Status::Enabled).await?;
        Ok(PhysicalId(self.bucket.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_on(cx).await?.then(|| PhysicalId(self.bucket.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::bucket(cx, &self.bucket).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_on(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.put(cx, Status::Suspended).await?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for BucketVersioning {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["s3:GetBucketVersioning", "s3:PutBucketVersioning"]).on(&["arn:aws:s3:::{s3:bucket.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::bucket_versioning(check, want).await
    }
}
