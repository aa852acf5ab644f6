//! A KMS key's [alias](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html), its readable name. An
//! alias has no tags, so this environment owns it if it points at this environment's key. It must be deleted itself;
//! otherwise the name stays taken until KMS has deleted the key.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    kms::{owner, verify},
    permissions::{Permission, allow},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// Its name, `alias/...`, unique in the account and region.
    pub name: String,
    /// The id or ARN of the key it points at.
    pub key_id: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AliasOutput {
    /// Its name, `alias/...`
    pub name: String,
}

impl Alias {
    async fn points_at_our_key(&self, cx: &Cx) -> Result<bool> {
        let mut aliases = items!(cx.cloud.kms.list_aliases().key_id(&self.key_id));
        while let Some(alias) = aliases.next().await {
            if alias.or_fail("read the KMS key's aliases")?.alias_name() == Some(&self.name) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Resource for Alias {
    type Cloud = Aws;
    type Output = AliasOutput;
    const KIND: &'static str = "kms:alias";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("kms:key");
    const UPDATES: bool = true;
    const TIMING: &'static str = "kms_alias";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.kms.create_alias().alias_name(&self.name).target_key_id(&self.key_id);
        call.send().await.or_fail("create the KMS alias")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.points_at_our_key(cx).await?.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::alias(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<AliasOutput>> {
        let ours = self.points_at_our_key(cx).await?;
        Ok(if ours { Observed::Ready(AliasOutput { name: self.name.clone() }) } else { Observed::Absent })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.kms.update_alias().alias_name(&id.0).target_key_id(&self.key_id);
        call.send().await.or_fail("point the KMS alias at its key").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.kms.delete_alias().alias_name(&id.0).send().await.or_fail("delete the KMS alias")?;
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

impl AwsKind for Alias {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"])
            .on(&["arn:aws:kms:*:*:{name}", "arn:aws:kms:*:*:key/*"]),
        allow(&["kms:ListAliases"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::alias(check, want).await
    }
}
