//! Blocked deletions: by guest resources, which are deleted too, and by foreign resources, which are named and left
//! alone. Findings of a sweep are deleted.
use crate::{
    harness::{Harness, PLENTY},
    tasks_graph::graph,
};
use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_aws::Aws;
use vidpipe_engine::{Graph, event::Event};
use vidpipe_sandbox::{Clock, Conditions, Incident};

/// A removal that waits until its deadline takes at least a quarter of an hour.
const EARLY: Duration = Duration::from_secs(600);

/// Tasks in a subnet, with that incident.
async fn up(incident: Option<Incident>) -> Harness {
    let harness = Harness::new(Clock::Real, "").await;
    let good = Conditions::default();
    harness.sandbox.set(incident.map_or(good.clone(), |incident| good.with_incident(incident, 1)));
    harness.done(&graph(&harness.facts)).await;
    harness
}

/// The message and hint of that node's failed removal.
fn failure(harness: &Harness, node: &str) -> (String, String) {
    let failed = |e: &Event| match e {
        Event::Failed { node: n, error, .. } if n.0 == node => {
            Some((error.message.clone(), error.hint.clone().unwrap_or_default()))
        }
        _ => None,
    };
    harness.events.borrow().iter().find_map(failed).unwrap_or_else(|| panic!("{}", harness.failures()))
}

/// `down` fails at that node, soon, and names the holder; after the holder is deleted by hand, the next run leaves
/// nothing.
async fn named_and_left(harness: &Harness, node: &str, holder: &str, remove: impl AsyncFnOnce(&Aws)) {
    let began = Instant::now();
    harness.events.borrow_mut().clear();
    let summary = harness.go(&Graph::default(), PLENTY).await;
    assert!(summary.failed == 1 && !summary.stopped, "{summary:?} {}", harness.failures());
    assert!(began.elapsed() < EARLY, "{:?}", began.elapsed());
    let (messages, hint) = failure(harness, node);
    assert!(messages.contains(holder) && hint.contains(holder), "{messages}; {hint}");
    remove(&harness.aws).await;
    harness.down().await;
    harness.assert_nothing_left(node);
}

#[tokio::test(start_paused = true)]
async fn what_guardduty_put_there_goes_with_the_network() {
    let harness = up(Some(Incident::GuardDuty)).await;
    let endpoints = harness.aws.ec2.describe_vpc_endpoints().send().await.unwrap();
    assert_eq!(endpoints.vpc_endpoints().len(), 1);
    let began = Instant::now();
    harness.down().await;
    assert!(began.elapsed() < EARLY, "{:?}", began.elapsed());
    harness.assert_nothing_left("guests and all");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_somebody_elses_is_named_and_left_alone() {
    let harness = up(Some(Incident::ForeignEndpoint)).await;
    named_and_left(&harness, "subnet", "VPC endpoint vpce-", async |aws| {
        let seen = aws.ec2.describe_vpc_endpoints().send().await.unwrap();
        let [endpoint] = seen.vpc_endpoints() else { panic!("it is gone: {seen:?}") };
        let id = endpoint.vpc_endpoint_id().unwrap();
        aws.ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_rule_names_ours_is_named() {
    let harness = up(None).await;
    let ours = harness.nodes()["worker-group"].1.clone();
    let ec2 = &harness.aws.ec2;
    let vpc = harness.nodes()["vpc"].1.clone();
    let made = ec2.create_security_group().group_name("theirs").description("x").vpc_id(&vpc).send().await.unwrap();
    let theirs = made.group_id().unwrap().to_owned();
    let pair = aws_sdk_ec2::types::UserIdGroupPair::builder().group_id(&ours).build();
    let rule = aws_sdk_ec2::types::IpPermission::builder().ip_protocol("-1").user_id_group_pairs(pair).build();
    ec2.authorize_security_group_ingress().group_id(&theirs).ip_permissions(rule).send().await.unwrap();
    let holder = format!("security group {theirs} (theirs)");
    named_and_left(&harness, "worker-group", &holder, async |aws| {
        aws.ec2.delete_security_group().group_id(&theirs).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_that_somebody_made_in_our_network_is_named() {
    let harness = up(None).await;
    let vpc = harness.nodes()["vpc"].1.clone();
    let made = harness.aws.ec2.create_subnet().vpc_id(vpc).cidr_block("10.0.200.0/24").send().await.unwrap();
    let theirs = made.subnet().unwrap().subnet_id().unwrap().to_owned();
    named_and_left(&harness, "vpc", &format!("subnet {theirs}"), async |aws| {
        aws.ec2.delete_subnet().subnet_id(&theirs).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_somebody_attached_is_named() {
    let harness = up(None).await;
    let (role, arn) = ("tasks-demo", "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs");
    harness.aws.iam.attach_role_policy().role_name(role).policy_arn(arn).send().await.unwrap();
    named_and_left(&harness, "role", &format!("attached policy {arn}"), async |aws| {
        aws.iam.detach_role_policy().role_name(role).policy_arn(arn).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_inline_policy_that_somebody_put_is_named() {
    let harness = up(None).await;
    let document = r#"{"Version": "2012-10-17", "Statement": []}"#;
    let put = harness.aws.iam.put_role_policy().role_name("tasks-demo").policy_name("watch");
    put.policy_document(document).send().await.unwrap();
    named_and_left(&harness, "role", "inline policy watch", async |aws| {
        aws.iam.delete_role_policy().role_name("tasks-demo").policy_name("watch").send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_somebody_runs_in_our_cluster_is_named() {
    let harness = up(None).await;
    let (ecs, nodes) = (&harness.aws.ecs, harness.nodes());
    let network = aws_sdk_ecs::types::AwsVpcConfiguration::builder().subnets(&nodes["subnet"].1).build().unwrap();
    let network = aws_sdk_ecs::types::NetworkConfiguration::builder().awsvpc_configuration(network).build();
    let theirs = aws_sdk_ecs::types::Tag::builder().key("vidpipe:lineage").value("theirs").build();
    let call = ecs.create_service().cluster("tasks-demo").service_name("theirs").desired_count(0).tags(theirs);
    let call = call.task_definition("worker-demo").network_configuration(network);
    call.launch_type("FARGATE".into()).send().await.unwrap();
    named_and_left(&harness, "cluster", "ECS service theirs (of lineage theirs)", async |aws| {
        aws.ecs.delete_service().cluster("tasks-demo").service("theirs").force(true).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_protected_log_group_of_ours_is_not_kept_by_that() {
    let harness = up(None).await;
    let protect = harness.aws.logs.put_log_group_deletion_protection().log_group_identifier("/ecs/tasks-demo");
    protect.deletion_protection_enabled(true).send().await.unwrap();
    harness.down().await;
    harness.assert_nothing_left("protected");
}

#[tokio::test(start_paused = true)]
async fn what_was_made_twice_is_found_and_goes() {
    let harness = up(None).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let tags = [tag("vidpipe:lineage", "ours"), tag("vidpipe:node", "vpc"), tag("vidpipe:intent", "another")];
    for tags in [tags.to_vec(), tags[..1].to_vec()] {
        let tags = TagSpecification::builder().resource_type(ResourceType::Vpc).set_tags(Some(tags)).build();
        harness.aws.ec2.create_vpc().cidr_block("10.9.0.0/16").tag_specifications(tags).send().await.unwrap();
    }
    let (summary, swept) = harness.clear().await;
    assert!(summary.is_complete(), "{summary:?} {}", harness.failures());
    assert!(swept.unwrap().is_clean());
    harness.assert_nothing_left("twice");
    // If everything is removed and something is found later, the same command removes it.
    let tags = TagSpecification::builder().resource_type(ResourceType::Vpc).set_tags(Some(tags.to_vec())).build();
    harness.aws.ec2.create_vpc().cidr_block("10.9.0.0/16").tag_specifications(tags).send().await.unwrap();
    assert!(harness.clear().await.1.unwrap().is_clean());
    harness.assert_nothing_left("later");
}
