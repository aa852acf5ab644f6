//! Server-side encryption of a stream's records:
//! [StartStreamEncryption](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html),
//! which AWS allows at most 25 times in 24 hours. Producers and consumers need permission to use a customer managed
//! key, but not for Kinesis' own key.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kinesis::{observed_setting, owner, read, verify},
    permissions::{Permission, allow},
};
use aws_sdk_kinesis::types::{EncryptionType, StreamDescriptionSummary as Seen};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamEncryption {
    /// The name of the stream.
    pub stream: String,
    /// The id, ARN or alias of the KMS key; `alias/aws/kinesis` is Kinesis' own.
    pub kms_key: String,
}

/// The key the stream is encrypted with, if any.
fn key(seen: &Seen) -> Option<&str> {
    seen.key_id().filter(|_| seen.encryption_type == Some(EncryptionType::Kms))
}

/// Whether both identify the same key: an ARN ends in the key's id or alias.
fn same(a: &str, b: &str) -> bool {
    let ends = |arn: &str, with: &str| arn.strip_suffix(with).is_some_and(|rest| rest.ends_with([':', '/']));
    a == b || (!a.is_empty() && !b.is_empty() && (ends(a, b) || ends(b, a)))
}

impl StreamEncryption {
    fn is_set(&self, seen: &Seen) -> bool {
        key(seen).is_some_and(|key| same(key, &self.kms_key))
    }

    async fn start(&self, cx: &Cx) -> Result<()> {
        if self.is_set(&read(cx, &self.stream).await?) {
            return Ok(());
        }
        let call = cx.cloud.kinesis.start_stream_encryption().stream_name(&self.stream);
        let call = call.encryption_type(EncryptionType::Kms).key_id(&self.kms_key).send();
        call.await.or_fail("encrypt the stream").map(drop)
    }
}

impl Resource for StreamEncryption {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "kinesis:stream-encryption";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("kinesis:stream");
    const UPDATES: bool = true;
    const TIMING: &'static str = "kinesis_stream_setting";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.start(cx).await?;
        Ok(PhysicalId(self.stream.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = self.is_set(&read(cx, &self.stream).await?);
        Ok(set.then(|| PhysicalId(self.stream.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::stream(cx, &self.stream).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let seen = read(cx, &self.stream).await?;
        Ok(observed_setting(&seen, self.is_set(&seen)))
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.start(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let seen = read(cx, &self.stream).await?;
        if let Some(key) = key(&seen) {
            let call = cx.cloud.kinesis.stop_stream_encryption().stream_name(&self.stream);
            let call = call.encryption_type(EncryptionType::Kms).key_id(key).send();
            call.await.or_fail("stop the stream's encryption")?;
        }
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.stream == old.stream) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for StreamEncryption {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["kinesis:StartStreamEncryption", "kinesis:StopStreamEncryption"]).on(&[
            "arn:aws:kinesis:*:*:stream/{kinesis:stream.name}",
            "arn:aws:kms:*:*:key/*",
            "arn:aws:kms:*:*:alias/aws/kinesis",
        ])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::stream_encryption(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_key_is_the_same_by_any_of_its_names() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let arn = format!("arn:aws:kms:eu-west-1:1:key/{id}");
        assert!(same(id, &arn) && same(&arn, id) && same(id, id));
        assert!(same("arn:aws:kms:eu-west-1:1:alias/aws/kinesis", "alias/aws/kinesis"));
        assert!(!same("alias/kinesis", "alias/aws/kinesis") && !same("", &arn) && !same("90ab", &arn));
    }
}
