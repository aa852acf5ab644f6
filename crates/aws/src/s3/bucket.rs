//! An S3 [bucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html). Its name is unique across all
//! AWS accounts. It can be deleted only when it is empty, including old versions and delete markers; see `emptying`.
//! Some regions reject tags in CreateBucket; see `untagged`.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    s3::{owner, verify},
    tags,
};
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, Tag, builders::CreateBucketConfigurationBuilder,
};
use emptying::Emptying;
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

mod emptying;
mod untagged;

/// The region that must not be given as a location constraint.
const WITHOUT_CONSTRAINT: &str = "us-east-1";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its name, globally unique: 3 to 63 lower-case letters, digits and hyphens.
    pub name: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BucketOutput {
    /// Its name.
    pub name: String,
    /// `arn:aws:s3:::...`
    pub arn: String,
}

/// The tags of the bucket of that name; `None` if it does not exist.
///
/// S3's responses to HEAD have no body, and so no error code. The tags show both whether the bucket exists and who owns
/// it.
async fn read(cx: &Cx, name: &str) -> Result<Option<Vec<Tag>>> {
    match cx.cloud.s3.get_bucket_tagging().bucket(name).send().await.or_fail("read the bucket's tags") {
        Ok(seen) => Ok(Some(seen.tag_set)),
        Err(e) if e.code.as_deref() == Some("NoSuchTagSet") => Ok(Some(Vec::new())),
        Err(e) if e.class == Class::NotFound => Ok(None),
        Err(e) if e.class == Class::Denied => {
            Err(e.hint("the bucket belongs to another account, or these credentials may not read its tags"))
        }
        Err(e) => Err(e),
    }
}

/// The location configuration of a new bucket.
fn place(cx: &Cx) -> CreateBucketConfigurationBuilder {
    let region = Some(cx.cloud.region.as_str()).filter(|region| *region != WITHOUT_CONSTRAINT);
    CreateBucketConfiguration::builder().set_location_constraint(region.map(BucketLocationConstraint::from))
}

fn are_ours(cx: &Cx, found: &[Tag]) -> bool {
    tags::are_ours(cx, found.iter().map(|t| (t.key(), t.value())))
}

impl Resource for Bucket {
    type Cloud = Aws;
    type Output = BucketOutput;
    const KIND: &'static str = "s3:bucket";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const TIMING: &'static str = "s3_bucket";
    const DATA_LOSS: Option<&'static str> = Some("all objects in it, the audit log among them");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        // In us-east-1, CreateBucket also succeeds for a bucket the account already owns, whatever its tags.
        match read(cx, &self.name).await? {
            Some(found) if are_ours(cx, &found) => return Ok(PhysicalId(self.name.clone())),
            Some(found) if !untagged::may_be_ours(cx, &self.name, &found).await? => {
                return Err(tags::taken("bucket", &self.name));
            }
            _ => {}
        }
        let tags = tags::checked(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())?;
        let place = place(cx).set_tags(Some(tags.clone())).build();
        let call = cx.cloud.s3.create_bucket().bucket(&self.name).create_bucket_configuration(place);
        match call.send().await.or_fail("create the bucket") {
            Err(e) if e.code.as_deref() == Some(untagged::UNSUPPORTED) => {
                untagged::create(cx, &self.name, tags).await.map(|()| PhysicalId(self.name.clone()))
            }
            // The bucket belongs to another account: for this account's own, S3 returns another code. There is nothing
            // to search for.
            Err(e) if e.code.as_deref() == Some("BucketAlreadyExists") => {
                let e = Error { class: Class::Invalid, ..e };
                Err(e.hint("another account has a bucket of that name: choose another suffix"))
            }
            other => other.map(|_| PhysicalId(self.name.clone())),
        }
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let found = read(cx, &self.name).await?;
        Ok(found.filter(|found| are_ours(cx, found)).map(|_| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::bucket(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<BucketOutput>> {
        let arn = format!("arn:{}:s3:::{id}", cx.cloud.partition());
        let there = read(cx, &id.0).await?.map(|_| BucketOutput { name: id.0.clone(), arn });
        Ok(there.map_or(Observed::Absent, Observed::Ready))
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let emptying = Emptying { cx, bucket: &id.0 };
        if emptying.close().await? || emptying.delete_versions().await? || emptying.abort_an_upload().await? {
            return Ok(Removal::Partly);
        }
        cx.cloud.s3.delete_bucket().bucket(&id.0).send().await.or_fail("delete the bucket")?;
        Ok(Removal::Asked)
    }
}

impl AwsKind for Bucket {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetBucketPolicy",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "s3:PutBucketPolicy",
            "s3:PutBucketTagging",
            "s3:TagResource",
        ])
        .on(&["arn:aws:s3:::{name}"]),
        allow(&["s3:DeleteObject", "s3:DeleteObjectVersion"]).on(&["arn:aws:s3:::{name}/*"]),
        allow(&["s3:AbortMultipartUpload"]).on(&["arn:aws:s3:::{name}/*"]).to_repair(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::bucket(check, want).await
    }
}
