//! The prerequisites of a service: a network, roles, and a load balancer.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, LoadBalancerSchemeEnum, LoadBalancerTypeEnum, ProtocolEnum, TargetTypeEnum,
};
use vidpipe_sandbox::Sandbox;

use crate::aws::client;
use crate::network;

/// The network of a service, and its load balancer and target group.
pub(crate) struct Ground {
    pub(crate) vpc: String,
    pub(crate) subnets: Vec<String>,
    pub(crate) group: String,
    pub(crate) balancer: String,
    pub(crate) targets: String,
}

/// A security group in a VPC.
pub(crate) async fn security_group(sandbox: &Sandbox, vpc: &str) -> String {
    let ec2 = client!(aws_sdk_ec2, *sandbox);
    let made = ec2.create_security_group().group_name("tasks").description("tasks").vpc_id(vpc).send().await.unwrap();
    made.group_id().unwrap().to_owned()
}

/// A target group for tasks.
pub(crate) async fn target_group(sandbox: &Sandbox, vpc: &str, name: &str) -> String {
    let elb = client!(aws_sdk_elasticloadbalancingv2, *sandbox);
    let call = elb.create_target_group().name(name).protocol(ProtocolEnum::Tcp).port(8080).vpc_id(vpc);
    let made = call.target_type(TargetTypeEnum::Ip).send().await.unwrap();
    made.target_groups()[0].target_group_arn().unwrap().to_owned()
}

/// An internal network load balancer.
pub(crate) async fn balancer(sandbox: &Sandbox, name: &str, subnets: &[String], group: &str) -> String {
    let elb = client!(aws_sdk_elasticloadbalancingv2, *sandbox);
    let call = elb.create_load_balancer().name(name).r#type(LoadBalancerTypeEnum::Network).security_groups(group);
    let call = call.scheme(LoadBalancerSchemeEnum::Internal).set_subnets(Some(subnets.to_vec()));
    call.send().await.unwrap().load_balancers()[0].load_balancer_arn().unwrap().to_owned()
}

/// The action that forwards to a target group.
pub(crate) fn forward(targets: &str) -> Action {
    Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(targets).build()
}

/// Creates the network, the load balancer and the target group, the roles `task` and `execution`, and the log group of
/// the tasks.
pub(crate) async fn ground(sandbox: &Sandbox) -> Ground {
    let (vpc, subnets) = network::two_subnets(sandbox).await;
    let group = security_group(sandbox, &vpc).await;
    let iam = client!(aws_sdk_iam, *sandbox);
    for role in ["task", "execution"] {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        iam.create_role().role_name(role).assume_role_policy_document(trust).send().await.unwrap();
    }
    let logs = client!(aws_sdk_cloudwatchlogs, *sandbox);
    logs.create_log_group().log_group_name("/vidpipe/demo").send().await.unwrap();
    let targets = target_group(sandbox, &vpc, "tasks").await;
    let balancer = balancer(sandbox, "tasks", &subnets, &group).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, *sandbox);
    let call = elb.create_listener().load_balancer_arn(&balancer).protocol(ProtocolEnum::Tcp).port(80);
    call.default_actions(forward(&targets)).send().await.unwrap();
    Ground { vpc, subnets, group, balancer, targets }
}
