//! ECS: every service is steady, its tasks run in the desired subnets, and no task definition holds a secret.
use crate::{
    check::CheckCx,
    ec2::{verify::filter, verify::network},
    ecs::{CapacityProviders, Cluster, Service, TaskDefinition, pairs},
};
use aws_sdk_ecs::types::{
    AssignPublicIp, ClusterField, ClusterSettingName, DeploymentRolloutState as Rollout, EfsTransitEncryption,
    Service as Seen, ServiceField, TaskDefinitionField,
};
use vidpipe_engine::{
    Result,
    verify::Section::{Access, AuditTrail, Availability, EncryptionInTransit},
};

pub(crate) async fn capacity_providers(check: &CheckCx<'_>, _: CapacityProviders) -> Result<()> {
    check.settled(Availability, "the cluster has its capacity providers", "DescribeClusters").await
}

pub(crate) async fn cluster(check: &CheckCx<'_>, want: Cluster) -> Result<()> {
    let call = check.aws.ecs.describe_clusters().clusters(&want.name);
    let call = call.include(ClusterField::Tags).include(ClusterField::Settings);
    let seen = ask!(check, "DescribeClusters", call)?;
    let cluster = check.there(seen.clusters().first())?;
    check.is(Availability, "the cluster is active", "status", cluster.status(), "ACTIVE");
    let mut settings = cluster.settings().iter().filter(|s| s.name() == Some(&ClusterSettingName::ContainerInsights));
    let insights = settings.next().and_then(|s| s.value()).unwrap_or("disabled");
    let expected = if want.container_insights { "enabled" } else { "disabled" };
    check.is(AuditTrail, "Container Insights are as specified", "containerInsights", insights, expected);
    check.tags(&want.name, pairs(cluster.tags()));
    Ok(())
}

pub(crate) async fn service(check: &CheckCx<'_>, want: Service) -> Result<()> {
    let call =
        check.aws.ecs.describe_services().cluster(&want.cluster).services(&want.name).include(ServiceField::Tags);
    let seen = ask!(check, "DescribeServices", call)?;
    let service = check.there(seen.services().first())?;
    check.add_result(Availability, "the service is steady", steady(service, want.desired));
    let runs = service.task_definition();
    check.is(Availability, "it runs the specified revision", "taskDefinition", runs, want.task_definition_arn.as_str());
    let network = service.network_configuration().and_then(|n| n.awsvpc_configuration());
    let (subnets, groups) = network.map(|n| (n.subnets(), n.security_groups())).unwrap_or_default();
    check.are(Access, "its tasks are in the specified subnets", "subnets", subnets, &want.subnets);
    check.are(Access, "its tasks are behind their security group", "securityGroups", groups, &want.security_groups);
    let address = network.and_then(|n| n.assign_public_ip()).is_some_and(|a| *a == AssignPublicIp::Enabled);
    check.is(Access, "its tasks' addresses are as specified", "assignPublicIp", address, want.public_ip);
    if !want.capacity.is_empty() {
        let share = |provider: &str, weight: i64, base: i64| format!("{provider} weight {weight} base {base}");
        let has = service.capacity_provider_strategy().iter();
        let has = has.map(|c| share(c.capacity_provider(), c.weight().into(), c.base().into()));
        let expected = want.capacity.iter().map(|c| share(&c.provider, c.weight.into(), c.base.into()));
        check.are(Availability, "its capacity is distributed as specified", "capacityProviderStrategy", has, expected);
    }
    check.tags(&want.name, pairs(service.tags()));
    tasks(check, &want).await
}

/// Checks that the desired number of tasks runs, and that the rollout is complete.
fn steady(seen: &Seen, expected: u16) -> Result<String, String> {
    let (running, desired) = (seen.running_count(), seen.desired_count());
    let primary = seen.deployments().iter().find(|d| d.status() == Some("PRIMARY"));
    let rollout = primary.and_then(|d| d.rollout_state()).unwrap_or(&Rollout::Completed);
    let result =
        format!("status {}, {running} of {desired} tasks run, rollout {rollout}", seen.status().unwrap_or("?"));
    let good = seen.status() == Some("ACTIVE")
        && running == desired
        && (desired > 0 || expected == 0)
        && *rollout == Rollout::Completed;
    if good { Ok(result) } else { Err(result) }
}

/// Checks the actual subnets of the tasks' network interfaces.
async fn tasks(check: &CheckCx<'_>, want: &Service) -> Result<()> {
    let open = network::open(check)?;
    if want.subnets.iter().any(|id| open.contains(id)) {
        check.not_asked(Access, "its tasks are in closed subnets", "the spec wants them in public subnets");
        return Ok(());
    }
    let mut seen = Vec::new();
    for group in &want.security_groups {
        let call = check.aws.ec2.describe_network_interfaces().filters(filter("group-id", group));
        seen.extend(all!(check, "DescribeNetworkInterfaces", call)?);
    }
    // A missing task is not this check's concern: the service's own check covers it.
    if seen.is_empty() {
        check.not_asked(Access, "its tasks are in closed subnets", "EC2 shows no network interface of its tasks");
        return Ok(());
    }
    network::inside(check, "its tasks are in closed subnets", seen.iter().filter_map(|i| i.subnet_id()))
}

pub(crate) async fn task_definition(check: &CheckCx<'_>, want: TaskDefinition) -> Result<()> {
    let call =
        check.aws.ecs.describe_task_definition().task_definition(&want.family).include(TaskDefinitionField::Tags);
    let seen = ask!(check, "DescribeTaskDefinition", call)?;
    let revision = check.there(seen.task_definition())?;
    check.is(Availability, "the revision is active", "status", revision.status().map(|s| s.as_str()), "ACTIVE");
    let containers = || revision.container_definitions().iter();
    let secrets = containers().flat_map(|c| c.secrets()).map(|s| format!("{} from {}", s.name(), s.value_from()));
    let expected = want.container.secrets.iter().map(|(name, from)| format!("{name} from {from}"));
    check.are(Access, "secrets come from Secrets Manager", "secrets", secrets, expected);
    let names = containers().flat_map(|c| c.environment()).filter_map(|e| e.name());
    let expected = want.container.environment.keys();
    check.are(Access, "the environment holds what the spec says, no more", "environment", names, expected);
    let groups = containers().filter_map(|c| c.log_configuration()?.options()?.get("awslogs-group"));
    check.are(AuditTrail, "its output goes to its log group", "awslogs-group", groups, [&want.container.log.group]);
    if want.container.files.is_some() {
        let mounts = revision.volumes().iter().filter_map(|v| v.efs_volume_configuration());
        let tls = mounts.map(|m| m.transit_encryption().map_or("DISABLED", EfsTransitEncryption::as_str));
        check.are(EncryptionInTransit, "files are mounted over TLS", "transitEncryption", tls, ["ENABLED"]);
    }
    check.tags(&want.family, pairs(seen.tags()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ecs::types::Deployment;

    #[test]
    fn a_service_is_steady_when_all_its_tasks_run_and_its_rollout_is_over() {
        let service = |status: &str, running, desired, rollout| {
            let primary = Deployment::builder().status("PRIMARY").rollout_state(rollout).build();
            let seen = Seen::builder().status(status).running_count(running).desired_count(desired);
            steady(&seen.deployments(primary).build(), 2).is_ok()
        };
        assert!(service("ACTIVE", 2, 2, Rollout::Completed));
        assert!(!service("ACTIVE", 1, 2, Rollout::Completed));
        assert!(!service("ACTIVE", 0, 0, Rollout::Completed));
        assert!(!service("ACTIVE", 2, 2, Rollout::InProgress));
        assert!(!service("DRAINING", 2, 2, Rollout::Completed));
    }
}
