//! Elastic Load Balancing: NLB, target group, listener.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum as Enforce, LoadBalancerAttribute,
    LoadBalancerSchemeEnum, LoadBalancerStateEnum, LoadBalancerTypeEnum, ProtocolEnum, Tag, TargetGroupAttribute,
    TargetTypeEnum,
};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code};
use crate::compute::security_group;
use crate::network;

fn tag() -> Tag {
    Tag::builder().key("suffix").value("demo").build()
}

async fn balancer(elb: &Client, subnets: &[String], group: &str) -> String {
    let made = elb
        .create_load_balancer()
        .name("nlb-demo")
        .r#type(LoadBalancerTypeEnum::Network)
        .scheme(LoadBalancerSchemeEnum::Internal)
        .set_subnets(Some(subnets.to_vec()))
        .security_groups(group)
        .tags(tag())
        .send()
        .await
        .unwrap();
    let made = &made.load_balancers()[0];
    assert_eq!(made.state().unwrap().code(), Some(&LoadBalancerStateEnum::Provisioning));
    made.load_balancer_arn().unwrap().to_owned()
}

async fn group(elb: &Client, vpc: &str) -> String {
    let call = elb.create_target_group().name("tg-demo").protocol(ProtocolEnum::Tcp).port(8080).vpc_id(vpc);
    let call = call.target_type(TargetTypeEnum::Ip).health_check_protocol(ProtocolEnum::Http);
    let made = call.health_check_path("/health").tags(tag()).send().await.unwrap();
    let arn = made.target_groups()[0].target_group_arn().unwrap().to_owned();
    let delay = TargetGroupAttribute::builder().key("deregistration_delay.timeout_seconds").value("10").build();
    elb.modify_target_group_attributes().target_group_arn(&arn).attributes(delay).send().await.unwrap();
    arn
}

async fn listener(elb: &Client, balancer: &str, group: &str) -> String {
    let forward = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(group).build();
    let call = elb.create_listener().load_balancer_arn(balancer).protocol(ProtocolEnum::Tcp).port(80);
    let made = call.default_actions(forward).tags(tag()).send().await.unwrap();
    made.listeners()[0].listener_arn().unwrap().to_owned()
}

#[tokio::test]
async fn a_network_load_balancer_shows_what_was_asked() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let firewall = security_group(&sandbox, &vpc).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let arn = balancer(&elb, &subnets, &firewall).await;
    assert!(arn.contains(":loadbalancer/net/nlb-demo/"));
    let cross = LoadBalancerAttribute::builder().key("load_balancing.cross_zone.enabled").value("true").build();
    elb.modify_load_balancer_attributes().load_balancer_arn(&arn).attributes(cross).send().await.unwrap();
    let sandbox = kept.again(sandbox, Clock::Instant);
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let response = elb.describe_load_balancers().names("nlb-demo").send().await.unwrap();
    let response = &response.load_balancers()[0];
    assert_eq!(response.load_balancer_arn(), Some(arn.as_str()));
    assert_eq!(response.r#type(), Some(&LoadBalancerTypeEnum::Network));
    assert_eq!(response.scheme(), Some(&LoadBalancerSchemeEnum::Internal));
    assert_eq!(response.state().unwrap().code(), Some(&LoadBalancerStateEnum::Active));
    assert_eq!((response.vpc_id(), response.security_groups()), (Some(vpc.as_str()), std::slice::from_ref(&firewall)));
    assert_eq!(response.enforce_security_group_inbound_rules_on_private_link_traffic(), Some("on"));
    assert_eq!(response.availability_zones()[1].zone_name(), Some("eu-west-1b"));
    assert!(response.dns_name().unwrap().starts_with("nlb-demo-"));
    let attributes = elb.describe_load_balancer_attributes().load_balancer_arn(&arn).send().await.unwrap();
    let cross = attributes.attributes().iter().find(|one| one.key() == Some("load_balancing.cross_zone.enabled"));
    assert_eq!(cross.unwrap().value(), Some("true"));
    let call = elb.set_security_groups().load_balancer_arn(&arn).security_groups(&firewall);
    call.enforce_security_group_inbound_rules_on_private_link_traffic(Enforce::Off).send().await.unwrap();
    let response = elb.describe_load_balancers().names("nlb-demo").send().await.unwrap();
    let enforced = response.load_balancers()[0].enforce_security_group_inbound_rules_on_private_link_traffic();
    assert_eq!(enforced, Some("off"));
}

#[tokio::test]
async fn a_listener_forwards_to_a_group() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let firewall = security_group(&sandbox, &vpc).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let before = sandbox.inventory().unwrap();
    let (arn, group) = (balancer(&elb, &subnets, &firewall).await, group(&elb, &vpc).await);
    let listener = listener(&elb, &arn, &group).await;
    let sandbox = kept.again(sandbox, Clock::Instant);
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let attributes = elb.describe_target_group_attributes().target_group_arn(&group).send().await.unwrap();
    assert!(attributes.attributes().iter().any(|one| one.value() == Some("10")));
    let response = elb.describe_target_groups().names("tg-demo").send().await.unwrap();
    let response = &response.target_groups()[0];
    assert_eq!(response.load_balancer_arns(), std::slice::from_ref(&arn));
    assert_eq!((response.health_check_path(), response.target_type()), (Some("/health"), Some(&TargetTypeEnum::Ip)));
    let response = elb.describe_listeners().load_balancer_arn(&arn).send().await.unwrap();
    assert_eq!(response.listeners()[0].default_actions()[0].target_group_arn(), Some(group.as_str()));
    let tags = elb.describe_tags().resource_arns(&arn).resource_arns(&group).resource_arns(&listener);
    for described in tags.send().await.unwrap().tag_descriptions() {
        assert_eq!(described.tags()[0].value(), Some("demo"));
    }

    assert_eq!(code(elb.delete_target_group().target_group_arn(&group).send().await), "ResourceInUse");
    let delete = || elb.delete_listener().listener_arn(&listener).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "ListenerNotFound");
    let delete = || elb.delete_target_group().target_group_arn(&group).send();
    delete().await.unwrap();
    delete().await.expect("AWS does not mind");
    let gone = elb.describe_target_groups().target_group_arns(&group).send().await;
    assert_eq!(code(gone), "TargetGroupNotFound");
    let delete = || elb.delete_load_balancer().load_balancer_arn(&arn).send();
    delete().await.unwrap();
    delete().await.expect("AWS does not mind");
    let gone = elb.describe_load_balancers().load_balancer_arns(&arn).send().await;
    assert_eq!(code(gone), "LoadBalancerNotFound");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test(start_paused = true)]
async fn a_network_load_balancer_takes_its_time() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let firewall = security_group(&sandbox, &vpc).await;
    let elb = client!(aws_sdk_elasticloadbalancingv2, sandbox);
    let arn = balancer(&elb, &subnets, &firewall).await;
    let state = async || {
        let response = elb.describe_load_balancers().load_balancer_arns(&arn).send().await.unwrap();
        response.load_balancers()[0].state().unwrap().code().unwrap().clone()
    };
    tokio::time::advance(Duration::from_secs(141)).await;
    assert_eq!(state().await, LoadBalancerStateEnum::Provisioning);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(state().await, LoadBalancerStateEnum::Active);
}
