//! All the routes of a REST API, [imported](https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html) in one
//! call as an OpenAPI document: an account has ten calls a second in all. Nothing answers before it is deployed.
use crate::{Aws, Cx, OrFail, apigateway::PAGE};
use aws_sdk_apigateway::{
    primitives::Blob,
    types::{IntegrationResponse, IntegrationType, Method, PutMode, Resource as Path},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vidpipe_engine::{Change, Identity, Observed, PhysicalId, Removal, Resource, Result};

mod openapi;

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Routes {
    /// The API.
    pub rest_api_id: String,
    /// The API's name: importing sets it.
    pub title: String,
    /// The version of the document.
    pub version: String,
    /// The API's description: importing sets it.
    pub description: String,
    /// What it answers to.
    pub routes: Vec<Route>,
}

/// One path and method.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// Such as `/videos/{id}`.
    pub path: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// Whether a request must carry an API key of a usage plan, in `x-api-key`.
    pub key_required: bool,
    /// Who answers.
    pub integration: Integration,
}

/// Who answers a request.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Integration {
    /// API Gateway itself.
    Mock {
        /// The HTTP status.
        status: u16,
        /// The JSON it answers with.
        body: String,
    },
    /// A service in the VPC, with the request as it came.
    Link {
        /// The VPC link to it.
        vpc_link_id: String,
        /// `http://<load balancer>:<port>/<path>`, with the path's parameters in braces.
        uri: String,
        /// The HTTP method, in capitals.
        method: String,
    },
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutesOutput {
    /// 64 hex digits that change whenever a route does, so that a deployment can follow.
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
        pages.all().await.or_fail("look at the API's routes")
    }

    /// How many routes are there, and the first that is not as wanted.
    fn compare(&self, paths: &[Path]) -> (usize, Option<&Route>) {
        let there = |r: &&Route| method_of(paths, r).is_some();
        let wrong = |r: &&Route| !method_of(paths, r).is_some_and(|m| is_as_wanted(m, r));
        (self.routes.iter().filter(there).count(), self.routes.iter().find(wrong))
    }
}

fn method_of<'a>(paths: &'a [Path], route: &Route) -> Option<&'a Method> {
    paths.iter().find(|p| p.path() == Some(&route.path))?.resource_methods()?.get(&route.method)
}

/// Whether that is the whole answer, as far as it is told.
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
