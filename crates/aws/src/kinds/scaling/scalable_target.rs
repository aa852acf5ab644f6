//! An ECS service's number of tasks as something that scales:
//! [RegisterScalableTarget](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html).
//! Registering changes what is registered already, so we look whose it is first. It goes with its service.
use crate::{Aws, Cx, OrFail, owner, scaling, tags};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget as Seen, ServiceNamespace};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalableTarget {
    /// Its `Name` tag.
    pub name: String,
    /// `service/<cluster>/<service>`
    pub resource_id: String,
    /// Fewest tasks.
    pub min: u16,
    /// Most tasks.
    pub max: u16,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScalableTargetOutput {
    /// `service/<cluster>/<service>`, now with limits: what a policy may scale.
    pub resource_id: String,
}

impl ScalableTarget {
    async fn is_ours(&self, cx: &Cx, found: &Seen) -> Result<bool> {
        // It is part of a service of ours: where there is no ARN to ask about, that decides.
        let Some(arn) = found.scalable_target_arn() else { return Ok(true) };
        let call = cx.cloud.scaling.list_tags_for_resource().resource_arn(arn);
        let tags = call.send().await.or_fail("look at the scalable target's tags")?.tags.unwrap_or_default();
        Ok(tags::are_ours(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
    }

    async fn register(&self, cx: &Cx, new: bool) -> Result<()> {
        let call = cx.cloud.scaling.register_scalable_target().service_namespace(ServiceNamespace::Ecs);
        let call = call.resource_id(&self.resource_id).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        let call = call.min_capacity(self.min.into()).max_capacity(self.max.into());
        // AWS takes tags only when it is registered for the first time.
        let tags = new.then(|| tags::of(cx, &self.name).into_iter().collect());
        match call.set_tags(tags).send().await.or_fail("register the scalable target") {
            // It is there and does not show yet: the next look tells whose it is.
            Err(e) if new && e.message.contains("tried to tag already exists") => {
                Err(Error { class: Class::Propagating, ..e })
            }
            other => other.map(drop),
        }
    }
}

impl Resource for ScalableTarget {
    type Cloud = Aws;
    type Output = ScalableTargetOutput;
    const KIND: &'static str = "scaling:scalable-target";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "appautoscaling_target";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let found = scaling::target(cx, &self.resource_id).await?;
        if let Some(found) = &found
            && !self.is_ours(cx, found).await?
        {
            return Err(tags::taken("scalable target", &self.resource_id));
        }
        self.register(cx, found.is_none()).await?;
        Ok(PhysicalId(self.resource_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(found) = scaling::target(cx, &self.resource_id).await? else { return Ok(None) };
        Ok(self.is_ours(cx, &found).await?.then(|| PhysicalId(self.resource_id.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::scaling::target(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<ScalableTargetOutput>> {
        let Some(seen) = scaling::target(cx, &self.resource_id).await? else { return Ok(Observed::Absent) };
        let as_wanted = (seen.min_capacity, seen.max_capacity) == (self.min.into(), self.max.into());
        let output = ScalableTargetOutput { resource_id: self.resource_id.clone() };
        Ok(match as_wanted {
            true => Observed::Ready(output),
            false => Observed::differs("its limits are others", Some(output)),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.register(cx, false).await
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.scaling.deregister_scalable_target().service_namespace(ServiceNamespace::Ecs);
        let call = call.resource_id(&id.0).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        call.send().await.or_fail("deregister the scalable target")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name && self.resource_id == old.resource_id) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}
