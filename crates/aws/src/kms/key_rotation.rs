//! Yearly [rotation](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html) of a KMS key's
//! material. Previously encrypted data stays readable. AWS's default is no rotation.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kms::{owner, verify},
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRotation {
    /// The id or ARN of the key.
    pub key_id: String,
}

impl KeyRotation {
    async fn is_on(&self, cx: &Cx) -> Result<bool> {
        let call = cx.cloud.kms.get_key_rotation_status().key_id(&self.key_id);
        Ok(call.send().await.or_fail("read the KMS key's rotation")?.key_rotation_enabled)
    }
}

impl Resource for KeyRotation {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "kms:key-rotation";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("kms:key");
    const TIMING: &'static str = "kms_key";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.kms.enable_key_rotation().key_id(&self.key_id);
        call.send().await.or_fail("turn on the KMS key's rotation")?;
        Ok(PhysicalId(self.key_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.is_on(cx).await?.then(|| PhysicalId(self.key_id.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::key(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(if self.is_on(cx).await? { Observed::Ready(()) } else { Observed::Absent })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.kms.disable_key_rotation().key_id(&id.0);
        match call.send().await.or_fail("turn off the KMS key's rotation") {
            // A key that is pending deletion is not rotated.
            Err(e) if e.code.as_deref() == Some("KMSInvalidStateException") => {
                Err(Error { class: Class::NotFound, ..e })
            }
            other => other.map(|_| Removal::Asked),
        }
    }
}

impl AwsKind for KeyRotation {
    const PERMISSIONS: &'static [Permission] =
        &[allow(&["kms:DisableKeyRotation", "kms:EnableKeyRotation"]), allow(&["kms:GetKeyRotationStatus"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::key_rotation(check, want).await
    }
}
