//! A task that [runs once](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html) on Fargate and
//! succeeds when its container exits with code 0. Any other exit is a failure, reported with the end of its log. ECS
//! forgets a task an hour after it stopped; the success stays recorded.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ecs::{self, PASS_ROLE, owner},
    ids,
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_ecs::types::{DesiredStatus, LaunchType, Task, TaskField};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result, verify::Section,
};

mod outcome;

use outcome::Outcome;

/// The maximum number of tasks in one describe call.
const DESCRIBED: usize = 100;

/// The specification of the resource. Any change runs the task again.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct OneOffTask {
    /// The name of its cluster.
    pub cluster: String,
    /// The task definition revision it runs.
    pub task_definition_arn: String,
    /// The subnets it runs in. It has no public address.
    pub subnets: Vec<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// The log group its container writes to.
    pub log_group: String,
    /// The prefix of its log stream's name.
    pub log_stream_prefix: String,
    /// The container whose exit code decides the outcome.
    pub container: String,
    /// The digest of the work it does. A changed digest runs the task again.
    pub digest: String,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneOffTaskOutput {
    /// `arn:aws:ecs:...:task/cluster/...`, valid for an hour after the task stopped.
    pub task_arn: String,
}

impl OneOffTask {
    async fn read(&self, cx: &Cx, arns: &[String]) -> Result<Vec<Task>> {
        let some = arns.get(..DESCRIBED).unwrap_or(arns).to_vec();
        let call = cx.cloud.ecs.describe_tasks().cluster(&self.cluster).set_tasks(Some(some));
        let seen = call.include(TaskField::Tags).send().await.or_fail("read the one-off task")?;
        Ok(seen.tasks.unwrap_or_default())
    }

    async fn task(&self, cx: &Cx, id: &PhysicalId) -> Result<Option<Task>> {
        Ok(self.read(cx, std::slice::from_ref(&id.0)).await?.into_iter().next())
    }

    /// The ARNs of the family's tasks that are running, or that stopped within the last hour.
    async fn listed(&self, cx: &Cx, status: DesiredStatus) -> Result<Vec<String>> {
        let call = cx.cloud.ecs.list_tasks().cluster(&self.cluster).family(family(&self.task_definition_arn));
        let seen = call.desired_status(status).send().await.or_fail("list the one-off task's family")?;
        Ok(seen.task_arns.unwrap_or_default())
    }

    /// The end of its log, read in one call; `None` if the log cannot be read.
    async fn tail(&self, cx: &Cx, id: &PhysicalId) -> Option<String> {
        let stream = format!("{}/{}/{}", self.log_stream_prefix, self.container, id.0.rsplit('/').next()?);
        let call = cx.cloud.logs.get_log_events().log_group_name(&self.log_group).log_stream_name(stream);
        let seen = call.limit(outcome::LINES).start_from_head(false).send().await.ok()?;
        outcome::tail(seen.events().iter().filter_map(|e| e.message()))
    }
}

/// The family of a revision's ARN, `arn:aws:ecs:...:task-definition/family:revision`.
fn family(arn: &str) -> &str {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    name.split(':').next().unwrap_or(name)
}

impl Resource for OneOffTask {
    type Cloud = Aws;
    type Output = OneOffTaskOutput;
    const KIND: &'static str = "ecs:one-off-task";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const TIMING: &'static str = "ecs_one_off_task";
    const ONE_SHOT: bool = true;

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let name = format!("{}-{}", cx.node, cx.env.suffix);
        let call = cx.cloud.ecs.run_task().cluster(&self.cluster).task_definition(&self.task_definition_arn);
        let call = call
            .client_token(&cx.token.0)
            .started_by(&cx.token.0)
            .set_tags(Some(ecs::tags(cx, &name)))
            .count(1)
            .launch_type(LaunchType::Fargate)
            .network_configuration(ecs::network(&self.subnets, &self.security_groups, false)?)
            .enable_execute_command(false);
        let made = call.send().await.or_fail("run the one-off task")?;
        // If no capacity is available, RunTask succeeds with an empty task list and a failure.
        if let Some(failure) = made.failures().first() {
            let text = failure.reason().or(failure.detail()).unwrap_or("ECS does not say why");
            return Err(Error::new(Class::Capacity, format!("run the one-off task: {text}")));
        }
        ids::id(made.tasks.unwrap_or_default().into_iter().next().and_then(|t| t.task_arn), "one-off task")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        for status in [DesiredStatus::Running, DesiredStatus::Stopped] {
            let arns = self.listed(cx, status).await?;
            if arns.is_empty() {
                continue;
            }
            let tasks = self.read(cx, &arns).await?;
            let ours = tasks.into_iter().find(|t| tags::are_of_intent(cx, ecs::pairs(t.tags())));
            if let Some(arn) = ours.and_then(|t| t.task_arn) {
                return Ok(Some(PhysicalId(arn)));
            }
        }
        Ok(None)
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::task(cx, &self.cluster, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<OneOffTaskOutput>> {
        let Some(seen) = self.task(cx, id).await? else { return Ok(Observed::Absent) };
        let output = OneOffTaskOutput { task_arn: id.0.clone() };
        Ok(match outcome::of(&self.container, &seen) {
            Outcome::UnderWay(why) => Observed::Pending { why, known: Some(output) },
            Outcome::Done => Observed::Ready(output),
            Outcome::Failed(why) => Observed::Broken(match self.tail(cx, id).await {
                Some(tail) => format!("{why}; its log ends: {tail}"),
                None => why,
            }),
        })
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        // A task started moments ago may not be visible yet. The engine decides whether it is deleted.
        let seen = self.task(cx, id).await?;
        let seen = seen.ok_or_else(|| Error::new(Class::NotFound, format!("stop the one-off task: no {id}")))?;
        if seen.desired_status() != Some("STOPPED") {
            let call = cx.cloud.ecs.stop_task().cluster(&self.cluster).task(&id.0).reason("it is no longer wanted");
            call.send().await.or_fail("stop the one-off task")?;
        }
        Ok(Removal::Asked)
    }
}

impl AwsKind for OneOffTask {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ecs:RunTask"]).on(&["arn:aws:ecs:*:*:task-definition/{ecs:task-definition.family}:*"]),
        allow(&["ecs:StopTask", "ecs:TagResource"]).on(&["arn:aws:ecs:*:*:task/{ecs:cluster.name}/*"]),
        allow(&["ecs:DescribeTasks", "ecs:ListTasks"]),
        allow(&["logs:GetLogEvents"]).on(&["arn:aws:logs:*:*:log-group:{logs:log-group.name}:*"]).to_repair(),
        PASS_ROLE,
    ];

    async fn check(check: &CheckCx<'_>, _: Self) -> Result<()> {
        let why = "ECS forgets a stopped task within an hour; that it ended well is recorded when it does";
        check.not_asked(Section::Availability, "matches the specification", why);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_is_in_the_revisions_arn() {
        assert_eq!(family("arn:aws:ecs:eu-west-1:123456789012:task-definition/schema-demo:3"), "schema-demo");
        assert_eq!(family("${schema-task.arn}"), "${schema-task.arn}");
    }
}
