//! An ECS service's number of tasks as a scalable target:
//! [RegisterScalableTarget](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html).
//! RegisterScalableTarget overwrites an existing target, so the owner is checked first. It is deleted with its service.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    scaling::{self, owner, verify},
    tags,
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget as Seen, ServiceNamespace};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalableTarget {
    /// Its `Name` tag.
    pub name: String,
    /// `service/<cluster>/<service>`
    pub resource_id: String,
    /// Minimum number of tasks.
    pub min: u16,
    /// Maximum number of tasks.
    pub max: u16,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScalableTargetOutput {
    /// `service/<cluster>/<service>`, now registered, for scaling policies.
    pub resource_id: String,
}

impl ScalableTarget {
    async fn is_ours(&self, cx: &Cx, found: &Seen) -> Result<bool> {
        // Without an ARN there are no tags to read; the target then belongs to the service, which this environment
        // owns.
        let Some(arn) = found.scalable_target_arn() else { return Ok(true) };
        let call = cx.cloud.scaling.list_tags_for_resource().resource_arn(arn);
        let tags = call.send().await.or_fail("read the scalable target's tags")?.tags.unwrap_or_default();
        Ok(tags::are_ours(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
    }

    async fn register(&self, cx: &Cx, new: bool) -> Result<()> {
        let call = cx.cloud.scaling.register_scalable_target().service_namespace(ServiceNamespace::Ecs);
        let call = call.resource_id(&self.resource_id).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
        let call = call.min_capacity(self.min.into()).max_capacity(self.max.into());
        // AWS accepts tags only on the first registration.
        let tags = new.then(|| tags::of(cx, &self.name).into_iter().collect());
        match call.set_tags(tags).send().await.or_fail("register the scalable target") {
            // The target exists but is not visible yet. The next read determines its owner.
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
        owner::target(cx, &id.0).await
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

impl AwsKind for ScalableTarget {
    const PERMISSIONS: &'static [Permission] = &[allow(&[
        "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:ListTagsForResource",
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:TagResource",
    ])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::scalable_target(check, want).await
    }
}
