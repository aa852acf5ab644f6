//! Removals that are held: by guests, which go too, and by what is somebody else's, which is named and left alone. And what a
//! sweep finds goes.
use crate::{
    tasks_graph::graph,
    world::{PLENTY, World},
};
use aws_sdk_ec2::types::{ResourceType, Tag, TagSpecification};
use std::time::Duration;
use tokio::time::Instant;
use vidpipe_aws::Aws;
use vidpipe_engine::{Graph, event::Event};
use vidpipe_sandbox::{Clock, Conditions, Incident};

/// A removal that waits in vain takes a quarter of an hour at least.
const EARLY: Duration = Duration::from_secs(600);

/// Tasks in a subnet, on a day on which that happens.
async fn up(incident: Option<Incident>) -> World {
    let world = World::new(Clock::Real, "").await;
    let good = Conditions::default();
    world.sandbox.set(incident.map_or(good.clone(), |incident| good.with_incident(incident, 1)));
    world.done(&graph(&world.facts)).await;
    world
}

/// What the failed removal of that node says, and what to do.
fn failure(world: &World, node: &str) -> (String, String) {
    let failed = |e: &Event| match e {
        Event::Failed { node: n, error, .. } if n.0 == node => {
            Some((error.message.clone(), error.hint.clone().unwrap_or_default()))
        }
        _ => None,
    };
    world.events.borrow().iter().find_map(failed).unwrap_or_else(|| panic!("{}", world.failures()))
}

/// `down` fails at that node, soon, and names that; once that is gone by another hand, the next one leaves nothing.
async fn named_and_left(world: &World, node: &str, holder: &str, remove: impl AsyncFnOnce(&Aws)) {
    let began = Instant::now();
    world.events.borrow_mut().clear();
    let summary = world.go(&Graph::default(), PLENTY).await;
    assert!(summary.failed == 1 && !summary.stopped, "{summary:?} {}", world.failures());
    assert!(began.elapsed() < EARLY, "{:?}", began.elapsed());
    let (said, hint) = failure(world, node);
    assert!(said.contains(holder) && hint.contains(holder), "{said}; {hint}");
    remove(&world.aws).await;
    world.down().await;
    world.assert_nothing_left(node);
}

#[tokio::test(start_paused = true)]
async fn what_guardduty_put_there_goes_with_the_network() {
    let world = up(Some(Incident::GuardDuty)).await;
    let endpoints = world.aws.ec2.describe_vpc_endpoints().send().await.unwrap();
    assert_eq!(endpoints.vpc_endpoints().len(), 1);
    let began = Instant::now();
    world.down().await;
    assert!(began.elapsed() < EARLY, "{:?}", began.elapsed());
    world.assert_nothing_left("guests and all");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_of_somebody_elses_is_named_and_left_alone() {
    let world = up(Some(Incident::ForeignEndpoint)).await;
    named_and_left(&world, "subnet", "VPC endpoint vpce-", async |aws| {
        let seen = aws.ec2.describe_vpc_endpoints().send().await.unwrap();
        let [endpoint] = seen.vpc_endpoints() else { panic!("it is gone: {seen:?}") };
        let id = endpoint.vpc_endpoint_id().unwrap();
        aws.ec2.delete_vpc_endpoints().vpc_endpoint_ids(id).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_rule_names_ours_is_named() {
    let world = up(None).await;
    let ours = world.nodes()["worker-group"].1.clone();
    let ec2 = &world.aws.ec2;
    let vpc = world.nodes()["vpc"].1.clone();
    let made = ec2.create_security_group().group_name("theirs").description("x").vpc_id(&vpc).send().await.unwrap();
    let theirs = made.group_id().unwrap().to_owned();
    let pair = aws_sdk_ec2::types::UserIdGroupPair::builder().group_id(&ours).build();
    let rule = aws_sdk_ec2::types::IpPermission::builder().ip_protocol("-1").user_id_group_pairs(pair).build();
    ec2.authorize_security_group_ingress().group_id(&theirs).ip_permissions(rule).send().await.unwrap();
    let holder = format!("security group {theirs} (theirs)");
    named_and_left(&world, "worker-group", &holder, async |aws| {
        aws.ec2.delete_security_group().group_id(&theirs).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_subnet_that_somebody_made_in_our_network_is_named() {
    let world = up(None).await;
    let vpc = world.nodes()["vpc"].1.clone();
    let made = world.aws.ec2.create_subnet().vpc_id(vpc).cidr_block("10.0.200.0/24").send().await.unwrap();
    let theirs = made.subnet().unwrap().subnet_id().unwrap().to_owned();
    named_and_left(&world, "vpc", &format!("subnet {theirs}"), async |aws| {
        aws.ec2.delete_subnet().subnet_id(&theirs).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_somebody_attached_is_named() {
    let world = up(None).await;
    let (role, arn) = ("tasks-demo", "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs");
    world.aws.iam.attach_role_policy().role_name(role).policy_arn(arn).send().await.unwrap();
    named_and_left(&world, "role", &format!("attached policy {arn}"), async |aws| {
        aws.iam.detach_role_policy().role_name(role).policy_arn(arn).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_inline_policy_that_somebody_put_is_named() {
    let world = up(None).await;
    let document = r#"{"Version": "2012-10-17", "Statement": []}"#;
    let put = world.aws.iam.put_role_policy().role_name("tasks-demo").policy_name("watch");
    put.policy_document(document).send().await.unwrap();
    named_and_left(&world, "role", "inline policy watch", async |aws| {
        aws.iam.delete_role_policy().role_name("tasks-demo").policy_name("watch").send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_service_that_somebody_runs_in_our_cluster_is_named() {
    let world = up(None).await;
    let (ecs, nodes) = (&world.aws.ecs, world.nodes());
    let network = aws_sdk_ecs::types::AwsVpcConfiguration::builder().subnets(&nodes["subnet"].1).build().unwrap();
    let network = aws_sdk_ecs::types::NetworkConfiguration::builder().awsvpc_configuration(network).build();
    let theirs = aws_sdk_ecs::types::Tag::builder().key("vidpipe:lineage").value("theirs").build();
    let call = ecs.create_service().cluster("tasks-demo").service_name("theirs").desired_count(0).tags(theirs);
    let call = call.task_definition("worker-demo").network_configuration(network);
    call.launch_type("FARGATE".into()).send().await.unwrap();
    named_and_left(&world, "cluster", "ECS service theirs (of lineage theirs)", async |aws| {
        aws.ecs.delete_service().cluster("tasks-demo").service("theirs").force(true).send().await.unwrap();
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_protected_log_group_of_ours_is_not_kept_by_that() {
    let world = up(None).await;
    let protect = world.aws.logs.put_log_group_deletion_protection().log_group_identifier("/ecs/tasks-demo");
    protect.deletion_protection_enabled(true).send().await.unwrap();
    world.down().await;
    world.assert_nothing_left("protected");
}

#[tokio::test(start_paused = true)]
async fn what_was_made_twice_is_found_and_goes() {
    let world = up(None).await;
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let tags = [tag("vidpipe:lineage", "ours"), tag("vidpipe:node", "vpc"), tag("vidpipe:intent", "another")];
    for tags in [tags.to_vec(), tags[..1].to_vec()] {
        let tags = TagSpecification::builder().resource_type(ResourceType::Vpc).set_tags(Some(tags)).build();
        world.aws.ec2.create_vpc().cidr_block("10.9.0.0/16").tag_specifications(tags).send().await.unwrap();
    }
    let (summary, swept) = world.clear().await;
    assert!(summary.is_complete(), "{summary:?} {}", world.failures());
    assert!(swept.unwrap().is_clean());
    world.assert_nothing_left("twice");
    // Where all is removed and something was found later, the same command removes that.
    let tags = TagSpecification::builder().resource_type(ResourceType::Vpc).set_tags(Some(tags.to_vec())).build();
    world.aws.ec2.create_vpc().cidr_block("10.9.0.0/16").tag_specifications(tags).send().await.unwrap();
    assert!(world.clear().await.1.unwrap().is_clean());
    world.assert_nothing_left("later");
}
