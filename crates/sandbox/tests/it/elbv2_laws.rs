//! Elastic Load Balancing: refusals and their end.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{
    LoadBalancerAttribute, LoadBalancerStateEnum, LoadBalancerTypeEnum, ProtocolEnum,
};
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::compute::{balancer, forward, ground, security_group, target_group};
use crate::network;

#[tokio::test]
async fn a_balancer_needs_subnets_and_groups_that_are_there() {
    let sandbox = sandbox();
    let ground = ground(&sandbox).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let create = || elb.create_load_balancer().name("other").r#type(LoadBalancerTypeEnum::Network);
    assert_eq!(code(create().subnets("subnet-none").send().await), "SubnetNotFound");
    let subnet = ground.subnets[0].clone();
    let unknown = create().subnets(&subnet).security_groups("sg-none").send().await;
    assert_eq!(code(unknown), "InvalidSecurityGroup");
    let made = create().subnets(&subnet).send().await.unwrap();
    let arn = made.load_balancers()[0].load_balancer_arn().unwrap();
    let late = elb.set_security_groups().load_balancer_arn(arn).security_groups(&ground.group).send().await;
    assert_eq!(code(late), "InvalidConfigurationRequest");
    let other = elb.create_load_balancer().name("tasks").subnets(&subnet).send().await;
    assert_eq!(code(other), "DuplicateLoadBalancerName");
}

#[tokio::test]
async fn a_listener_takes_one_port_and_a_target_group_one_balancer() {
    let sandbox = sandbox();
    let ground = ground(&sandbox).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let listen = |balancer: &str, protocol, port, targets: &str| {
        let call = elb.create_listener().load_balancer_arn(balancer).protocol(protocol).port(port);
        call.default_actions(forward(targets)).send()
    };
    let (own, tcp) = (ground.balancer.as_str(), ProtocolEnum::Tcp);
    let again = listen(own, tcp.clone(), 80, &ground.targets).await.unwrap();
    let there = elb.describe_listeners().load_balancer_arn(own).send().await.unwrap();
    assert_eq!(there.listeners().len(), 1, "the same listener again is the one there is");
    assert_eq!(again.listeners()[0].listener_arn(), there.listeners()[0].listener_arn());
    let others = target_group(&sandbox, &ground.vpc, "others").await;
    assert_eq!(code(listen(own, tcp.clone(), 80, &others).await), "DuplicateListener");
    assert_eq!(code(listen(own, tcp.clone(), 81, "arn:none").await), "TargetGroupNotFound");
    assert_eq!(code(listen("arn:none", tcp.clone(), 81, &others).await), "LoadBalancerNotFound");
    assert_eq!(code(listen(own, ProtocolEnum::Http, 81, &others).await), "IncompatibleProtocols");
    let second = balancer(&sandbox, "second", &ground.subnets, &ground.group).await;
    assert_eq!(code(listen(&second, tcp.clone(), 80, &ground.targets).await), "TargetGroupAssociationLimit");
    listen(&second, tcp, 80, &others).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_balancer_is_held_by_its_link_and_its_protection() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let ground = ground(&sandbox).await;
    tokio::time::advance(Duration::from_secs(200)).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let protect = async |on: &str| {
        let on = LoadBalancerAttribute::builder().key("deletion_protection.enabled").value(on).build();
        let call = elb.modify_load_balancer_attributes().load_balancer_arn(&ground.balancer);
        call.attributes(on).send().await.unwrap();
    };
    let delete = || elb.delete_load_balancer().load_balancer_arn(&ground.balancer).send();
    protect("true").await;
    assert_eq!(code(delete().await), "OperationNotPermitted");
    protect("false").await;
    let gateway = client!(aws_sdk_apigateway, sandbox);
    let link = gateway.create_vpc_link().name("link").target_arns(&ground.balancer).send().await.unwrap();
    assert_eq!(code(delete().await), "ResourceInUse");
    tokio::time::advance(Duration::from_secs(600)).await;
    gateway.delete_vpc_link().vpc_link_id(link.id().unwrap()).send().await.unwrap();
    assert_eq!(code(delete().await), "ResourceInUse", "the link is being deleted");
    tokio::time::advance(Duration::from_secs(600)).await;
    delete().await.unwrap();
    // The interfaces of the load balancer linger.
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let remove = || ec2.delete_subnet().subnet_id(&ground.subnets[0]).send();
    assert_eq!(code(remove().await), "DependencyViolation");
    tokio::time::advance(Duration::from_secs(300)).await;
    remove().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_balancer_may_fail() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions::default().with_incident(Incident::BalancerFails, 1));
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let group = security_group(&sandbox, &vpc).await;
    let first = balancer(&sandbox, "first", &subnets, &group).await;
    let second = balancer(&sandbox, "second", &subnets, &group).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    tokio::time::advance(Duration::from_secs(200)).await;
    for (arn, state) in [(first, LoadBalancerStateEnum::Failed), (second, LoadBalancerStateEnum::Active)] {
        let seen = elb.describe_load_balancers().load_balancer_arns(arn).send().await.unwrap();
        assert_eq!(seen.load_balancers()[0].state().unwrap().code(), Some(&state));
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_balancer_may_be_unknown_for_a_moment() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let group = security_group(&sandbox, &vpc).await;
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let arn = balancer(&sandbox, "new", &subnets, &group).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let read = || elb.describe_load_balancers().load_balancer_arns(&arn).send();
    assert_eq!(code(read().await), "LoadBalancerNotFound");
    tokio::time::advance(Duration::from_secs(3)).await;
    read().await.unwrap();
}
