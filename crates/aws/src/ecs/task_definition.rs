//! An ECS [task definition](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html)
//! for Fargate, with one container. Every change registers a new revision of its family, identified by a digest of its
//! content. ECS keeps the old revisions and the revision count until each is deregistered and then deleted.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ecs::{self, PASS_ROLE, verify},
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ecs::types::{TaskDefinitionField, TaskDefinitionStatus as Status};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

mod request;

/// The tag that holds the digest of a revision's content.
const DIGEST: &str = "vidpipe:digest";
/// The message ECS returns for a missing task definition, with the code of an invalid request.
const GONE: &str = "Unable to describe task definition";
/// The maximum number of revisions deleted in one call.
const BATCH: usize = 10;

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// The name of the family, unique in the account and region.
    pub family: String,
    /// CPU units: 1024 are one vCPU.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// The task execution role: pulls the image, writes the log and reads the secrets.
    pub execution_role_arn: String,
    /// The task role of the container; empty if it makes no AWS calls.
    pub task_role_arn: String,
    /// The container.
    pub container: Container,
}

/// The container of a task.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// The image, such as `amazon/amazon-ecs-sample`.
    pub image: String,
    /// The command that replaces the image's own; empty keeps the image's.
    pub command: Vec<String>,
    /// The TCP port it listens on.
    pub port: Option<u16>,
    /// Environment variables, name to value.
    pub environment: BTreeMap<String, String>,
    /// Environment variables from secrets: name to the ARN of a secret, or of one of its keys (`arn:...:key::`). ECS
    /// reads the value when a task starts.
    pub secrets: BTreeMap<String, String>,
    /// The destination of its output.
    pub log: Log,
    /// The shared file system to mount.
    pub files: Option<Files>,
}

/// The log destination of a container.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// The log group.
    pub group: String,
    /// Its region.
    pub region: String,
    /// The prefix of the log streams' names.
    pub stream_prefix: String,
}

/// An EFS file system, mounted through an access point, over TLS and with the task's role.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Files {
    /// `fs-...`
    pub file_system_id: String,
    /// `fsap-...`
    pub access_point_id: String,
    /// The mount point in the container, such as `/mnt/efs`.
    pub mount_path: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskDefinitionOutput {
    /// `arn:aws:ecs:...:task-definition/family:revision`
    pub arn: String,
    /// The number of the revision.
    pub revision: String,
}

/// A revision registered by this node.
struct Revision {
    output: TaskDefinitionOutput,
    digest: Option<String>,
    of_intent: bool,
}

impl TaskDefinition {
    /// Registers a new revision, but not in a family owned by others, whose name would then resolve to it.
    async fn register(&self, cx: &Cx) -> Result<()> {
        if matches!(self.whose(cx, Status::Active).await?, Some(Owned::Theirs(_) | Owned::Unmarked)) {
            return Err(tags::taken("task definition", &self.family));
        }
        let call = request::register(self, cx.cloud.ecs.register_task_definition())?;
        let mut tags = ecs::tags(cx, &self.family);
        tags.push(ecs::tag(DIGEST, request::digest(self)?));
        call.set_tags(Some(tags)).send().await.or_fail("register the task definition").map(drop)
    }

    /// The ARNs of the family's revisions, newest first, regardless of their owner.
    async fn listed(&self, cx: &Cx, status: Status) -> Result<Vec<String>> {
        let call = cx.cloud.ecs.list_task_definitions().family_prefix(&self.family).status(status);
        let pages = items!(call).all().await;
        Ok(newest_first(&self.family, pages.or_fail("list the task definition's revisions")?))
    }

    /// The revision, if it carries this node's tags.
    async fn ours(&self, cx: &Cx, arn: &str) -> Result<Option<Revision>> {
        let call = cx.cloud.ecs.describe_task_definition().task_definition(arn).include(TaskDefinitionField::Tags);
        let seen = match call.send().await.or_fail("read the task definition") {
            // A revision that was just deleted stays listed for a moment.
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

    /// The owner of the revisions with that status: this environment if it owns any of them; `None` if there are none.
    async fn whose(&self, cx: &Cx, status: Status) -> Result<Option<Owned>> {
        let mut other = None;
        for arn in self.listed(cx, status).await? {
            let call = cx.cloud.ecs.describe_task_definition().task_definition(&arn).include(TaskDefinitionField::Tags);
            let seen = match call.send().await.or_fail("read the owner of the task definition") {
                Err(e) if e.class == Class::NotFound || e.message.contains(GONE) => continue,
                seen => seen?,
            };
            match tags::owned(cx, ecs::pairs(seen.tags())) {
                Owned::Ours => return Ok(Some(Owned::Ours)),
                owned => other = other.or(Some(owned)),
            }
        }
        Ok(other)
    }

    /// This node's newest active revision that satisfies the predicate.
    async fn newest(&self, cx: &Cx, is: impl Fn(&Revision) -> bool) -> Result<Option<Revision>> {
        for arn in self.listed(cx, Status::Active).await? {
            if let Some(revision) = self.ours(cx, &arn).await?.filter(&is) {
                return Ok(Some(revision));
            }
        }
        Ok(None)
    }

    /// The ARNs of up to `BATCH` of this node's revisions.
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
            let text = f.detail().or(f.reason()).unwrap_or("ECS does not say why");
            Err(Error::new(Class::Busy, format!("delete the task definition: {text}")))
        })
    }
}

/// The revisions of exactly that family, highest number first.
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
    const OWNER: Owner = Owner::Tags;
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

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        // A family owned by others may also contain revisions of this environment, which must be deleted.
        let active = self.whose(cx, Status::Active).await?;
        if active == Some(Owned::Ours) {
            return Ok(Owned::Ours);
        }
        let inactive = self.whose(cx, Status::Inactive).await?.filter(|i| active.is_none() || *i == Owned::Ours);
        Ok(inactive.or(active).unwrap_or(Owned::Absent))
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<TaskDefinitionOutput>> {
        let desired = request::digest(self)?;
        Ok(match self.newest(cx, |_| true).await? {
            None => Observed::Absent,
            Some(Revision { output, digest: Some(digest), .. }) if digest == desired => Observed::Ready(output),
            Some(Revision { output, .. }) => {
                Observed::differs(format!("the newest revision, {}, has other content", output.revision), None)
            }
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        let desired = request::digest(self)?;
        match self.newest(cx, |_| true).await? {
            Some(Revision { digest: Some(digest), .. }) if digest == desired => Ok(()),
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
        // An earlier attempt may have deregistered revisions without deleting them.
        let inactive = self.batch(cx, Status::Inactive).await?;
        if inactive.is_empty() {
            // An empty list proves nothing: the engine searches again.
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

impl AwsKind for TaskDefinition {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ecs:DeleteTaskDefinitions", "ecs:RegisterTaskDefinition", "ecs:TagResource"])
            .on(&["arn:aws:ecs:*:*:task-definition/{family}:*"]),
        allow(&["ecs:DeregisterTaskDefinition", "ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions"]),
        PASS_ROLE,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::task_definition(check, want).await
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
