//! A [deployment](https://docs.aws.amazon.com/apigateway/latest/api/API_CreateDeployment.html) of a REST API: a
//! snapshot of its routes for a stage to serve. It has neither a name nor tags, so it is identified by the digest of
//! the routes in its description. It cannot be deleted while a stage serves it.
use crate::{
    Aws, Cx, OrFail,
    apigateway::{PAGE, REST, owner, verify},
    check::CheckCx,
    declare::AwsKind,
    permissions::Permission,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The prefix of the descriptions of deployments created by vidpipe.
const OURS: &str = "vidpipe ";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// The API.
    pub rest_api_id: String,
    /// The digest of the API's routes. Changed routes need a new deployment.
    pub digest: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentOutput {
    /// Six letters and digits.
    pub id: String,
}

/// The deployments of the API created by vidpipe.
struct Seen {
    /// The deployment with the desired digest.
    desired: Option<String>,
    /// Deployments with another digest. A stage may still serve one of them.
    others: Vec<String>,
}

impl Deployment {
    fn description(&self) -> String {
        format!("{OURS}{}", self.digest)
    }

    async fn read(&self, cx: &Cx) -> Result<Seen> {
        let call = cx.cloud.apigateway.get_deployments().rest_api_id(&self.rest_api_id).limit(PAGE);
        let made = items!(call).all().await;
        let made = made.or_fail("read the API's deployments")?;
        let ours = made.into_iter().filter(|d| d.description().is_some_and(|text| text.starts_with(OURS)));
        let mut seen = Seen { desired: None, others: Vec::new() };
        for (is_wanted, id) in ours.filter_map(|d| Some((d.description == Some(self.description()), d.id?))) {
            match is_wanted && seen.desired.is_none() {
                true => seen.desired = Some(id),
                false => seen.others.push(id),
            }
        }
        Ok(seen)
    }

    /// Creates the deployment unless it exists.
    async fn ensure(&self, cx: &Cx) -> Result<()> {
        if self.read(cx).await?.desired.is_some() {
            return Ok(());
        }
        let call = cx.cloud.apigateway.create_deployment().rest_api_id(&self.rest_api_id);
        call.description(self.description()).send().await.or_fail("deploy the API").map(drop)
    }
}

impl Resource for Deployment {
    type Cloud = Aws;
    type Output = DeploymentOutput;
    const KIND: &'static str = "apigateway:deployment";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Of("apigateway:rest-api");
    const UPDATES: bool = true;
    const TIMING: &'static str = "apigw_deployment";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.ensure(cx).await?;
        Ok(PhysicalId(self.rest_api_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        // The environment owns the API, and so everything in it.
        Ok(self.read(cx).await?.desired.map(|_| PhysicalId(self.rest_api_id.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::rest_api(cx, &self.rest_api_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<DeploymentOutput>> {
        let seen = self.read(cx).await?;
        Ok(match seen.desired {
            Some(id) => Observed::Ready(DeploymentOutput { id }),
            None if seen.others.is_empty() => Observed::Absent,
            None => Observed::differs("only earlier routes are deployed", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.ensure(cx).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let seen = self.read(cx).await?;
        // Delete the desired deployment last: `find` relies on it.
        let mut left = seen.others.into_iter().chain(seen.desired);
        let nothing = || Error::new(Class::NotFound, "find a deployment of the API");
        let next = left.next().ok_or_else(nothing)?;
        let call = cx.cloud.apigateway.delete_deployment().rest_api_id(&self.rest_api_id).deployment_id(next);
        call.send().await.or_fail("delete the API's deployment")?;
        Ok(if left.next().is_some() { Removal::Partly } else { Removal::Asked })
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.rest_api_id == old.rest_api_id) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Deployment {
    const PERMISSIONS: &'static [Permission] = &[REST];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::deployment(check, want).await
    }
}
