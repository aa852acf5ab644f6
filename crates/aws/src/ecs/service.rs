//! An ECS [service](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html) on Fargate. A
//! deleted service drains first, and its tasks' network interfaces outlive it. It counts as deleted only when they are
//! deleted too, so that its roles, subnets and security groups exist for as long as they are needed.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ecs::{self, PASS_ROLE, owner, verify},
    ids,
    permissions::{Permission, allow},
    scaling, tags,
};
use aws_sdk_ecs::types::{LaunchType, PropagateTags, Service as Seen};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

mod read;
mod request;

/// The tag that holds the number of tasks the spec last requested. Auto-scaling changes the service's own count, so
/// that count cannot show whether the spec has changed.
const DESIRED: &str = "vidpipe:desired";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The name of its cluster.
    pub cluster: String,
    /// Its name, unique in the cluster.
    pub name: String,
    /// The task definition revision its tasks run.
    pub task_definition_arn: String,
    /// The initial number of tasks; auto-scaling may change it later.
    pub desired: u16,
    /// The subnets its tasks run in.
    pub subnets: Vec<String>,
    /// The security groups of its tasks. Deletion waits until no ECS interface uses them, so two services cannot share
    /// one.
    pub security_groups: Vec<String>,
    /// The load balancer target that sends it requests.
    pub load_balancer: Option<Target>,
    /// How its tasks are distributed over the cluster's capacity providers; if empty, all run on demand on Fargate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capacity: Vec<Capacity>,
    /// Whether its tasks get public addresses, which they need in a public subnet without a NAT gateway.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public_ip: bool,
}

/// A capacity provider's share of a service's tasks. Only one of them may have a base.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// `FARGATE` or `FARGATE_SPOT`; the cluster must have it.
    pub provider: String,
    /// Its share of the tasks above all bases, relative to the other weights.
    pub weight: u16,
    /// The number of tasks that run on it before weights apply.
    pub base: u16,
}

/// The load balancer target of a service.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The target group its tasks register with. It must already have a listener.
    pub target_group_arn: String,
    /// The container that receives the requests.
    pub container_name: String,
    /// The port the container listens on.
    pub container_port: u16,
    /// Health check grace period: the seconds for which an unhealthy new task is not replaced.
    pub grace_seconds: u16,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceOutput {
    /// `arn:aws:ecs:...:service/cluster/name`
    pub arn: String,
    /// Its name.
    pub name: String,
}

impl Service {
    async fn read(&self, cx: &Cx, name_or_arn: &str) -> Result<Option<Seen>> {
        cx.cloud.service(&self.cluster, name_or_arn).await
    }

    /// Whether to set the number of tasks: the spec's number changed, or the service's count differs and auto-scaling
    /// does not manage it.
    async fn resizes(&self, cx: &Cx, id: &PhysicalId, seen: &Seen) -> Result<bool> {
        let asked = ecs::value(seen.tags(), DESIRED).is_some_and(|had| had != self.desired.to_string());
        let other = seen.desired_count() != i32::from(self.desired);
        Ok(asked || other && !self.scales(cx, id).await?)
    }

    /// Whether auto-scaling manages its number of tasks.
    async fn scales(&self, cx: &Cx, id: &PhysicalId) -> Result<bool> {
        let resource = id.0.split_once(":service/").map_or(id.0.as_str(), |(_, names)| names);
        Ok(scaling::target(cx, &format!("service/{resource}")).await?.is_some())
    }

    async fn shrink(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.ecs.update_service().cluster(&self.cluster).service(&id.0).desired_count(0);
        call.send().await.or_fail("stop the ECS service's tasks").map(drop)
    }

    async fn dismiss(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let call = cx.cloud.ecs.delete_service().cluster(&self.cluster).service(&id.0).force(true);
        call.send().await.or_fail("delete the ECS service").map(drop)
    }
}

/// Treats a service that drains or is already deleted as success; `observe` decides whether it is deleted.
fn unless_going(asked: Result<()>) -> Result<()> {
    match asked {
        Err(e) if e.class == Class::NotFound || e.code.as_deref() == Some("ServiceNotActiveException") => Ok(()),
        other => other,
    }
}

impl Resource for Service {
    type Cloud = Aws;
    type Output = ServiceOutput;
    const KIND: &'static str = "ecs:service";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "ecs_service";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let mut tags = ecs::tags(cx, &self.name);
        tags.push(ecs::tag(DESIRED, self.desired.to_string()));
        let call = cx.cloud.ecs.create_service().cluster(&self.cluster).service_name(&self.name);
        let call = call
            .client_token(&cx.token.0)
            .set_tags(Some(tags))
            .propagate_tags(PropagateTags::Service)
            .task_definition(&self.task_definition_arn)
            .desired_count(i32::from(self.desired))
            .set_launch_type(self.capacity.is_empty().then_some(LaunchType::Fargate))
            .set_capacity_provider_strategy(request::strategy(&self.capacity)?)
            .network_configuration(ecs::network(&self.subnets, &self.security_groups, self.public_ip)?)
            .set_load_balancers(self.load_balancer.as_ref().map(|t| vec![request::balancer(t)]))
            .set_health_check_grace_period_seconds(request::grace(self))
            .deployment_configuration(request::deployment())
            .enable_execute_command(false);
        let made = call.send().await.or_fail("create the ECS service")?;
        ids::id(made.service.and_then(|s| s.service_arn), "ECS service")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let found = self.read(cx, &self.name).await?.filter(|s| s.status() == Some("ACTIVE"));
        let ours = found.filter(|s| tags::are_of_intent(cx, ecs::pairs(s.tags())));
        Ok(ours.and_then(|s| s.service_arn).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::service(cx, &self.cluster, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<ServiceOutput>> {
        let Some(seen) = self.read(cx, &id.0).await? else { return read::released(self, cx).await };
        match seen.status() {
            Some("INACTIVE") => read::released(self, cx).await,
            Some("DRAINING") => Ok(Observed::pending("draining")),
            _ => read::steady(self, cx, id, &seen).await,
        }
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let seen = self.read(cx, &id.0).await?;
        let seen = seen.ok_or_else(|| Error::new(Class::NotFound, format!("change the ECS service: no {id}")))?;
        let resize = self.resizes(cx, id, &seen).await?;
        let call = cx.cloud.ecs.update_service().cluster(&self.cluster).service(&id.0);
        if let Some(call) = request::settings(self, &seen, resize)?.ask(call) {
            call.send().await.or_fail("change the ECS service")?;
        }
        if ecs::value(seen.tags(), DESIRED) != Some(self.desired.to_string().as_str()) {
            // UpdateService takes no tags. Until the tag is set, the count is requested again, which changes nothing.
            let tag = ecs::tag(DESIRED, self.desired.to_string());
            let call = cx.cloud.ecs.tag_resource().resource_arn(&id.0).tags(tag);
            call.send().await.or_fail("tag the ECS service")?;
        }
        Ok(())
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        unless_going(self.shrink(cx, id).await)?;
        unless_going(self.dismiss(cx, id).await)?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, (&self.cluster, &self.name) == (&old.cluster, &old.name)) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Service {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["ecs:CreateService", "ecs:DeleteService", "ecs:TagResource", "ecs:UpdateService"])
            .on(&["arn:aws:ecs:*:*:service/{ecs:cluster.name}/{name}"]),
        allow(&["ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks", "ec2:DescribeNetworkInterfaces"]),
        PASS_ROLE,
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::service(check, want).await
    }
}
