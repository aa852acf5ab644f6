//! The tasks of services as a load balancer sees them.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html>

use aws_sdk_elasticloadbalancingv2::types::TargetHealthStateEnum as Health;

use super::services::KIND;
use super::{rollout, tasks};
use crate::context::Context;

/// The health of the tasks registered in a target group, as far as the group is checked at all. ECS registers a task
/// when it runs, and deregisters it before it stops it.
pub(crate) fn in_group(context: &mut Context<'_>, group: &str) -> Vec<Health> {
    rollout::advance_all(context);
    let (now, services) = (context.age(), context.documents(KIND));
    let led_to = services.iter().filter(|(_, service)| rollout::targets(service).contains(&group));
    let tasks = led_to.flat_map(|(key, _)| tasks::of(context, key)).map(|(_, task)| task);
    let registered = tasks.filter(|task| task.runs.is_some_and(|at| at <= now) && !task.is_stopping(now));
    let health = |task: tasks::Task| match (task.is_wanted(now), task.healthy) {
        (false, _) => Health::Draining,
        (true, Some(at)) if at <= now => Health::Healthy,
        (true, _) => Health::Initial,
    };
    registered.map(health).collect()
}
