//! All routes of a REST API, [imported](https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html) in one
//! call as an OpenAPI document, because API Gateway allows an account only ten calls a second. Routes are not served
//! before they are deployed.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{PAGE, REST, owner, verify},
    check::CheckCx,
    declare::AwsKind,
    permissions::Permission,
};
use aws_sdk_apigateway::{
    primitives::Blob,
    types::{IntegrationResponse, IntegrationType, Method, PutMode, Resource as Path},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vidpipe_engine::{Change, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

mod openapi;

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Routes {
    /// The API.
    pub rest_api_id: String,
    /// The API's name. Importing the routes sets it.
    pub title: String,
    /// The version of the document.
    pub version: String,
    /// The API's description. Importing the routes sets it.
    pub description: String,
    /// The routes.
    pub routes: Vec<Route>,
}

/// A route: one path and method.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The path, such as `/videos/{id}`.
    pub path: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// Whether a request must carry an API key of a usage plan, in `x-api-key`.
    pub key_required: bool,
    /// The integration that answers requests.
    pub integration: Integration,
}

/// The backend that answers a request.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Integration {
    /// A fixed response from API Gateway.
    Mock {
        /// The HTTP status.
        status: u16,
        /// The JSON body.
        body: String,
    },
    /// A service in the VPC, which receives the request unchanged.
    Link {
        /// The VPC link to the service.
        vpc_link_id: String,
        /// `http://<load balancer>:<port>/<path>`, with the path's parameters in braces.
        uri: String,
        /// The HTTP method, in upper case.
        method: String,
    },
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutesOutput {
    /// 64 hex digits that change with every change of a route, and so cause a new deployment.
    pub digest: String,
}

impl Routes {
    async fn put(&self, cx: &Cx, document: &Value) -> Result<()> {
        let call = cx.cloud.apigateway.put_rest_api().rest_api_id(&self.rest_api_id).mode(PutMode::Overwrite);
        let call = call.fail_on_warnings(true).body(Blob::new(document.to_string()));
        call.send().await.or_fail("import the API's routes").map(drop)
    }

    async fn import(&self, cx: &Cx) -> Result<()> {
        self.put(cx, &openapi::document(self)).await
    }

    async fn paths(&self, cx: &Cx) -> Result<Vec<Path>> {
        let call = cx.cloud.apigateway.get_resources().rest_api_id(&self.rest_api_id).limit(PAGE).embed("methods");
        let pages = items!(call);
        pages.all().await.or_fail("read the API's routes")
    }

    /// The number of routes that exist, and the first route that differs from the spec.
    fn compare(&self, paths: &[Path]) -> (usize, Option<&Route>) {
        let there = |r: &&Route| method_of(paths, r).is_some();
        let wrong = |r: &&Route| !method_of(paths, r).is_some_and(|m| is_as_wanted(m, r));
        (self.routes.iter().filter(there).count(), self.routes.iter().find(wrong))
    }
}

fn method_of<'a>(paths: &'a [Path], route: &Route) -> Option<&'a Method> {
    paths.iter().find(|p| p.path() == Some(&route.path))?.resource_methods()?.get(&route.method)
}

/// Whether the response has this status and body. Fields missing from it count as matching.
fn says(answer: &IntegrationResponse, status: u16, body: &str) -> bool {
    let mut bodies = answer.response_templates().into_iter().flat_map(|of| of.values());
    answer.status_code().is_none_or(|code| code == status.to_string()) && bodies.all(|has| has == body)
}

fn is_as_wanted(method: &Method, route: &Route) -> bool {
    let Some(integration) = method.method_integration() else { return false };
    method.api_key_required().unwrap_or(false) == route.key_required
        && match &route.integration {
            Integration::Mock { status, body } => {
                let answers = integration.integration_responses();
                integration.r#type() == Some(&IntegrationType::Mock)
                    && answers.is_none_or(|all| all.values().all(|answer| says(answer, *status, body)))
            }
            Integration::Link { vpc_link_id, uri, method } => {
                integration.r#type() == Some(&IntegrationType::HttpProxy)
                    && integration.uri() == Some(uri)
                    && integration.connection_id() == Some(vpc_link_id)
                    && integration.http_method().is_none_or(|has| has == method)
            }
        }
}

impl Resource for Routes {
    type Cloud = Aws;
    type Output = RoutesOutput;
    const KIND: &'static str = "apigateway:routes";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("apigateway:rest-api");
    const UPDATES: bool = true;
    const TIMING: &'static str = "apigw_method";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.import(cx).await?;
        Ok(PhysicalId(self.rest_api_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let paths = self.paths(cx).await?;
        Ok(self.compare(&paths).1.is_none().then(|| PhysicalId(self.rest_api_id.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::rest_api(cx, &self.rest_api_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<RoutesOutput>> {
        let paths = self.paths(cx).await?;
        Ok(match self.compare(&paths) {
            (_, None) => Observed::Ready(RoutesOutput { digest: openapi::digest(self) }),
            (0, _) => Observed::Absent,
            (_, Some(route)) => Observed::differs(format!("{} {} is not as asked", route.method, route.path), None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.import(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.put(cx, &openapi::empty(self)).await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.rest_api_id == old.rest_api_id) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Routes {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::routes(check, want).await
    }
}
