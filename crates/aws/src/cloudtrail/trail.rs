//! A [trail](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html): writes the account's
//! management events to a bucket. A new trail does not log yet; see `TrailLogging`. The bucket policy must exist before
//! the trail. Logged events are still delivered for some minutes after the trail is deleted.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    cloudtrail::{owner, verify},
    declare::AwsKind,
    permissions::{Permission, allow},
    settings::Settings,
    tags,
};
use aws_sdk_cloudtrail::{
    operation::update_trail::builders::UpdateTrailFluentBuilder as Update,
    types::{Tag, Trail as Seen},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

/// The specification of the resource. Global service events and log file validation are always on.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Trail {
    /// Its name, unique in the region: 3 to 128 letters, digits, dots, hyphens and underscores.
    pub name: String,
    /// The name of the bucket it writes to.
    pub bucket: String,
    /// Whether it logs the events of all regions.
    pub multi_region: bool,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrailOutput {
    /// `arn:aws:cloudtrail:...:trail/...`
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Trail {
    /// The trail of that name; `None` if it does not exist.
    async fn read(cx: &Cx, name: &str) -> Result<Option<Seen>> {
        match cx.cloud.cloudtrail.get_trail().name(name).send().await.or_fail("read the trail") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            seen => Ok(seen?.trail),
        }
    }

    fn settings(&self, seen: &Seen) -> Settings<'_, Update> {
        Settings::new()
            .is("bucket", seen.s3_bucket_name().map(str::to_owned), self.bucket.clone(), Update::s3_bucket_name)
            .is("regions", seen.is_multi_region_trail, self.multi_region, Update::is_multi_region_trail)
            .is("global events", seen.include_global_service_events, true, Update::include_global_service_events)
            .is("file validation", seen.log_file_validation_enabled, true, Update::enable_log_file_validation)
    }
}

impl Resource for Trail {
    type Cloud = Aws;
    type Output = TrailOutput;
    const KIND: &'static str = "cloudtrail:trail";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "cloudtrail_trail";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let tags = tags::checked(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())?;
        let call = cx.cloud.cloudtrail.create_trail().name(&self.name).s3_bucket_name(&self.bucket);
        let call = call.is_multi_region_trail(self.multi_region).include_global_service_events(true);
        let call = call.enable_log_file_validation(true).set_tags_list(Some(tags));
        call.send().await.or_fail("create the trail")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(arn) = Self::read(cx, &self.name).await?.and_then(|seen| seen.trail_arn) else { return Ok(None) };
        let call = cx.cloud.cloudtrail.list_tags().resource_id_list(arn);
        let seen = call.send().await.or_fail("read the trail's tags")?;
        let found = seen.resource_tag_list().iter().flat_map(|resource| resource.tags_list());
        let ours = tags::are_ours(cx, found.filter_map(|t| Some((t.key(), t.value()?))));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::trail(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<TrailOutput>> {
        let Some(seen) = Self::read(cx, &id.0).await? else { return Ok(Observed::Absent) };
        let output = seen.trail_arn().map(|arn| TrailOutput { arn: arn.to_owned(), name: id.0.clone() });
        Ok(match output {
            Some(output) => self.settings(&seen).observed(Some(output), ""),
            None => Observed::pending("it has no ARN yet"),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let gone = || Error::new(Class::NotFound, format!("change the trail: no {id}"));
        let seen = Self::read(cx, &id.0).await?.ok_or_else(gone)?;
        match self.settings(&seen).ask(cx.cloud.cloudtrail.update_trail().name(&id.0)) {
            None => Ok(()),
            Some(call) => call.send().await.or_fail("change the trail").map(drop),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let trails = &cx.cloud.cloudtrail;
        let status = trails.get_trail_status().name(&id.0).send().await.or_fail("read whether the trail logs")?;
        if status.is_logging() == Some(true) {
            trails.stop_logging().name(&id.0).send().await.or_fail("stop the trail")?;
            return Ok(Removal::Partly);
        }
        trails.delete_trail().name(&id.0).send().await.or_fail("delete the trail")?;
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

impl AwsKind for Trail {
    const PERMISSIONS: &'static [Permission] = &[allow(&[
        "cloudtrail:AddTags",
        "cloudtrail:CreateTrail",
        "cloudtrail:DeleteTrail",
        "cloudtrail:GetTrail",
        "cloudtrail:ListTags",
        "cloudtrail:UpdateTrail",
    ])
    .on(&["arn:aws:cloudtrail:*:*:trail/{name}"])];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::trail(check, want).await
    }
}
