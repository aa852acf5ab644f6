//! An [API key](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html) whose value comes from a
//! secret. The value is only held in memory between reading the secret and the create call. Key values are unique in an
//! account.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{PAGE, REST, of_intent, owner, patch, tags, verify},
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::Permission,
    secrets::secret,
};
use aws_sdk_apigateway::{operation::get_api_key::GetApiKeyOutput as Seen, types::Op};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its name, which need not be unique.
    pub name: String,
    /// The secret whose whole text is the key's value: 20 to 128 characters.
    pub secret_arn: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiKeyOutput {
    /// Ten letters and digits; not the key's value.
    pub id: String,
}

async fn read(cx: &Cx, id: &PhysicalId) -> Result<Seen> {
    let call = cx.cloud.apigateway.get_api_key().api_key(&id.0).include_value(false);
    call.send().await.or_fail("read the API key")
}

impl ApiKey {
    fn is_named(&self, seen: &Seen) -> bool {
        seen.name().is_none_or(|name| name == self.name)
    }
}

impl Resource for ApiKey {
    type Cloud = Aws;
    type Output = ApiKeyOutput;
    const KIND: &'static str = "apigateway:api-key";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "apigw_api_key";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let value = secret::read(cx, &self.secret_arn).await?.text;
        let call = cx.cloud.apigateway.create_api_key().name(&self.name).enabled(true);
        let call = call.value(value.as_str()).set_tags(tags(cx, &self.name));
        let made = call.send().await.or_fail("create the API key")?;
        ids::id(made.id, "API key")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let call = cx.cloud.apigateway.get_api_keys().name_query(&self.name).include_values(false).limit(PAGE);
        let keys = items!(call).all().await;
        let ours = keys.or_fail("find the API key")?.into_iter().find(|k| of_intent(cx, k.tags()));
        Ok(ours.and_then(|k| k.id).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::api_key(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<ApiKeyOutput>> {
        let seen = read(cx, id).await?;
        let output = ApiKeyOutput { id: id.0.clone() };
        Ok(match (seen.enabled(), self.is_named(&seen)) {
            (true, true) => Observed::Ready(output),
            (false, _) => Observed::differs("it is disabled", Some(output)),
            (true, false) => Observed::differs("it has another name", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let seen = read(cx, id).await?;
        let name = (!self.is_named(&seen)).then(|| patch(Op::Replace, "/name", &self.name));
        let enabled = (!seen.enabled()).then(|| patch(Op::Replace, "/enabled", "true"));
        let missing: Vec<_> = name.into_iter().chain(enabled).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let call = cx.cloud.apigateway.update_api_key().api_key(&id.0).set_patch_operations(Some(missing));
        call.send().await.or_fail("change the API key").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.apigateway.delete_api_key().api_key(&id.0).send().await.or_fail("delete the API key")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.secret_arn == old.secret_arn) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for ApiKey {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::api_key(check, want).await
    }
}
