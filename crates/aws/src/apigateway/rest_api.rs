//! A regional [REST API](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html). Its name is not
//! unique. An account may delete one API per 30 seconds; everything in the API is deleted with it.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{PAGE, REST, of_intent, owner, patch, tags, verify},
    check::CheckCx,
    declare::AwsKind,
    ids,
    permissions::Permission,
};
use aws_sdk_apigateway::{
    operation::get_rest_api::GetRestApiOutput as Seen,
    types::{ApiStatus, EndpointConfiguration, EndpointType, Op, PatchOperation},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Drawn, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct RestApi {
    /// Its name. It must be the same as the title of its routes, since importing them sets it.
    pub name: String,
    /// The description. It must be the same as that of its routes.
    pub description: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestApiOutput {
    /// Ten letters and digits.
    pub id: String,
    /// The id of the root resource `/`.
    pub root_resource_id: Option<String>,
}

async fn read(cx: &Cx, id: &PhysicalId) -> Result<Seen> {
    cx.cloud.apigateway.get_rest_api().rest_api_id(&id.0).send().await.or_fail("read the REST API")
}

impl RestApi {
    /// The patch operations still needed. Fields missing from the response count as matching.
    fn missing(&self, seen: &Seen) -> Vec<PatchOperation> {
        let texts = [("/name", seen.name(), &self.name), ("/description", seen.description(), &self.description)];
        let differing = texts.into_iter().filter(|(_, seen, desired)| seen.is_some_and(|seen| seen != *desired));
        differing.map(|(path, _, desired)| patch(Op::Replace, path, desired)).collect()
    }
}

impl Resource for RestApi {
    type Cloud = Aws;
    type Output = RestApiOutput;
    const KIND: &'static str = "apigateway:rest-api";
    const IDENTITY: Identity = Identity::Tagged;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "apigw_rest_api";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let regional = EndpointConfiguration::builder().types(EndpointType::Regional).build();
        let call = cx.cloud.apigateway.create_rest_api().name(&self.name).description(&self.description);
        let call = call.endpoint_configuration(regional).set_tags(tags(cx, &self.name));
        let made = call.send().await.or_fail("create the REST API")?;
        ids::id(made.id, "REST API")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let pages = items!(cx.cloud.apigateway.get_rest_apis().limit(PAGE));
        let apis = pages.all().await.or_fail("find the REST API")?;
        let ours = apis.into_iter().find(|a| of_intent(cx, a.tags()));
        Ok(ours.and_then(|a| a.id).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::rest_api(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<RestApiOutput>> {
        let seen = read(cx, id).await?;
        let text = seen.api_status_message();
        let output = RestApiOutput { id: id.0.clone(), root_resource_id: seen.root_resource_id().map(str::to_owned) };
        Ok(match seen.api_status() {
            None | Some(ApiStatus::Available) => match self.missing(&seen).is_empty() {
                true => Observed::Ready(output),
                false => Observed::differs("it has another name or description", Some(output)),
            },
            Some(ApiStatus::Failed) => Observed::Broken(text.unwrap_or("it failed").to_owned()),
            Some(status) => Observed::Pending { why: text.unwrap_or(status.as_str()).to_owned(), known: Some(output) },
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let missing = self.missing(&read(cx, id).await?);
        if missing.is_empty() {
            return Ok(());
        }
        let call = cx.cloud.apigateway.update_rest_api().rest_api_id(&id.0).set_patch_operations(Some(missing));
        call.send().await.or_fail("change the REST API").map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        cx.cloud.apigateway.delete_rest_api().rest_api_id(&id.0).send().await.or_fail("delete the REST API")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        if self == old { Change::None } else { Change::Update }
    }
}

impl AwsKind for RestApi {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::rest_api(check, want).await
    }
}
