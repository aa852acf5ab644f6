//! An ECS [task definition](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html) for
//! Fargate, with one container. Every change is a new revision of its family, known by a digest of its content; ECS keeps
//! the old ones, and the count, until each is deregistered and then deleted.
use crate::{Aws, Cx, OrFail, ecs, tags};
use aws_sdk_ecs::types::{TaskDefinitionField, TaskDefinitionStatus as Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vidpipe_engine::{Change, Class, Error, Identity, Observed, PhysicalId, Removal, Resource, Result};

mod request;

/// The tag that holds the digest of a revision's content.
const DIGEST: &str = "vidpipe:digest";
/// What ECS says of one that is not there, with the code of a wrong request.
const GONE: &str = "Unable to describe task definition";
/// The most revisions one call deletes.
const BATCH: usize = 10;

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// The name its revisions share, unique in the account and region.
    pub family: String,
    /// CPU units: 1024 are one vCPU.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
    /// The role ECS acts under: pulls the image, writes the log, reads the secrets.
    pub execution_role_arn: String,
    /// The role the container acts under; empty: it asks nothing of AWS, and has none.
    pub task_role_arn: String,
    /// What runs.
    pub container: Container,
}

/// What runs.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// Such as `amazon/amazon-ecs-sample`.
    pub image: String,
    /// What is run in place of the image's own command; empty leaves that.
    pub command: Vec<String>,
    /// The TCP port it listens on.
    pub port: Option<u16>,
    /// Name to value.
    pub environment: BTreeMap<String, String>,
    /// Name to where ECS reads the value when a task starts: the ARN of a secret, or of one of its keys (`arn:...:key::`).
    pub secrets: BTreeMap<String, String>,
    /// Where its output goes.
    pub log: Log,
    /// What it shares.
    pub files: Option<Files>,
}

/// Where the output of a container goes.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// The log group.
    pub group: String,
    /// Its region.
    pub region: String,
    /// What the names of the streams begin with.
    pub stream_prefix: String,
}

/// An EFS file system, mounted through an access point, over TLS and under the task's role.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Files {
    /// `fs-...`
    pub file_system_id: String,
    /// `fsap-...`
    pub access_point_id: String,
    /// Where the container sees it, such as `/mnt/efs`.
    pub mount_path: String,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskDefinitionOutput {
    /// `arn:aws:ecs:...:task-definition/family:revision`
    pub arn: String,
    /// The number of the revision.
    pub revision: String,
}

/// A revision of ours.
struct Revision {
    output: TaskDefinitionOutput,
    digest: Option<String>,
    of_intent: bool,
}

impl TaskDefinition {
    async fn register(&self, cx: &Cx) -> Result<()> {
        let call = request::register(self, cx.cloud.ecs.register_task_definition())?;
        let mut tags = ecs::tags(cx, &self.family);
        tags.push(ecs::tag(DIGEST, request::digest(self)?));
        call.set_tags(Some(tags)).send().await.or_fail("register the task definition").map(drop)
    }

    /// The ARNs of the family's revisions, newest first, whoever made them.
    async fn listed(&self, cx: &Cx, status: Status) -> Result<Vec<String>> {
        let call = cx.cloud.ecs.list_task_definitions().family_prefix(&self.family).status(status);
        let pages = items!(call).all().await;
        Ok(newest_first(&self.family, pages.or_fail("list the task definition's revisions")?))
    }

    /// The revision, if it is ours.
    async fn ours(&self, cx: &Cx, arn: &str) -> Result<Option<Revision>> {
        let call = cx.cloud.ecs.describe_task_definition().task_definition(arn).include(TaskDefinitionField::Tags);
        let seen = match call.send().await.or_fail("look at the task definition") {
            // One that was just deleted is listed for a moment longer.
            Err(e) if e.class == Class::NotFound || e.message.contains(GONE) => return Ok(None),
            seen => seen?,
        };
        if !tags::are_ours(cx, ecs::pairs(seen.tags())) {
            return Ok(None);
        }
        let revision = seen.task_definition().map(|t| t.revision().to_string()).unwrap_or_default();
        Ok(Some(Revision {
            output: TaskDefinitionOutput { arn: arn.to_owned(), revision },
            digest: ecs::value(seen.tags(), DIGEST).map(str::to_owned),
            of_intent: tags::are_of_intent(cx, ecs::pairs(seen.tags())),
        }))
    }

    /// Our newest active revision of which that is true.
    async fn newest(&self, cx: &Cx, is: impl Fn(&Revision) -> bool) -> Result<Option<Revision>> {
        for arn in self.listed(cx, Status::Active).await? {
            if let Some(revision) = self.ours(cx, &arn).await?.filter(&is) {
                return Ok(Some(revision));
            }
        }
        Ok(None)
    }

    /// The ARNs of some revisions of ours.
    async fn batch(&self, cx: &Cx, status: Status) -> Result<Vec<String>> {
        let mut batch = Vec::new();
        for arn in self.listed(cx, status).await? {
            if batch.len() < BATCH && self.ours(cx, &arn).await?.is_some() {
                batch.push(arn);
            }
        }
        Ok(batch)
    }

    async fn delete_batch(&self, cx: &Cx, batch: Vec<String>) -> Result<()> {
        let call = cx.cloud.ecs.delete_task_definitions().set_task_definitions(Some(batch));
        let answered = call.send().await.or_fail("delete the task definition")?;
        answered.failures().first().map_or(Ok(()), |f| {
            let said = f.detail().or(f.reason()).unwrap_or("ECS does not say why");
            Err(Error::new(Class::Busy, format!("delete the task definition: {said}")))
        })
    }
}

/// The revisions of that very family, the highest number first.
fn newest_first(family: &str, arns: Vec<String>) -> Vec<String> {
    let number = |arn: &str| {
        let (name, number) = arn.rsplit_once(':')?;
        number.parse::<u32>().ok().filter(|_| name.rsplit('/').next() == Some(family))
    };
    let mut numbered: Vec<_> = arns.into_iter().filter_map(|arn| Some((number(&arn)?, arn))).collect();
    numbered.sort_by(|a, b| b.cmp(a));
    numbered.into_iter().map(|(_, arn)| arn).collect()
}

impl Resource for TaskDefinition {
    type Cloud = Aws;
    type Output = TaskDefinitionOutput;
    const KIND: &'static str = "ecs:task-definition";
    const IDENTITY: Identity = Identity::Tagged;
    const UPDATES: bool = true;
    const TIMING: &'static str = "ecs_task_definition";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.register(cx).await?;
        Ok(PhysicalId(self.family.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let found = self.newest(cx, |r| r.of_intent).await?;
        Ok(found.map(|_| PhysicalId(self.family.clone())))
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<TaskDefinitionOutput>> {
        let wanted = request::digest(self)?;
        Ok(match self.newest(cx, |_| true).await? {
            None => Observed::Absent,
            Some(Revision { output, digest: Some(digest), .. }) if digest == wanted => Observed::Ready(output),
            Some(Revision { output, .. }) => {
                Observed::differs(format!("the newest revision, {}, has other content", output.revision), None)
            }
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        let wanted = request::digest(self)?;
        match self.newest(cx, |_| true).await? {
            Some(Revision { digest: Some(digest), .. }) if digest == wanted => Ok(()),
            _ => self.register(cx).await,
        }
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        let active = self.batch(cx, Status::Active).await?;
        if !active.is_empty() {
            for arn in &active {
                let call = cx.cloud.ecs.deregister_task_definition().task_definition(arn);
                call.send().await.or_fail("deregister the task definition")?;
            }
            self.delete_batch(cx, active).await?;
            return Ok(Removal::Partly);
        }
        // An earlier try may have deregistered revisions and gone no further.
        let inactive = self.batch(cx, Status::Inactive).await?;
        if inactive.is_empty() {
            // An empty list proves nothing: the engine looks once more.
            return Err(Error::new(Class::NotFound, format!("find a revision of {}", self.family)));
        }
        self.delete_batch(cx, inactive).await?;
        Ok(Removal::Partly)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.family == old.family) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenth_revision_is_newer_than_the_ninth_and_other_families_are_left_out() {
        let arns = ["td/api:9", "td/api:10", "td/api-two:11"].map(str::to_owned);
        assert_eq!(newest_first("api", arns.into()), ["td/api:10", "td/api:9"]);
    }
}
