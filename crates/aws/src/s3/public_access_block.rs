//! The [public access block](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html) of a
//! bucket: neither ACLs nor policies can make it public. New buckets have it by default, unless an organisation's rules
//! or an administrator removed it.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    s3::{owner, verify},
};
use aws_sdk_s3::types::PublicAccessBlockConfiguration as Block;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct PublicAccessBlock {
    /// The name of the bucket.
    pub bucket: String,
}

/// All four settings on.
fn everything() -> Block {
    let block = Block::builder().block_public_acls(true).ignore_public_acls(true);
    block.block_public_policy(true).restrict_public_buckets(true).build()
}

impl PublicAccessBlock {
    async fn is_set(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.s3.get_public_access_block().bucket(&self.bucket);
        let seen = call.send().await.or_fail("read the bucket's public access block")?;
        Ok(seen.public_access_block_configuration == Some(everything()))
    }
}

impl Resource for PublicAccessBlock {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "s3:public-access-block";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("s3:bucket");
    const TIMING: &'static str = "s3_bucket_setting";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.s3.put_public_access_block().bucket(&self.bucket);
        let call = call.public_access_block_configuration(everything());
        call.send().await.or_fail("block public access to the bucket")?;
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

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.s3.delete_public_access_block().bucket(&self.bucket);
        call.send().await.or_fail("remove the bucket's public access block")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for PublicAccessBlock {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"])
            .on(&["arn:aws:s3:::{s3:bucket.name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::public_access_block(check, want).await
    }
}
