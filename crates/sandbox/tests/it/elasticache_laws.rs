//! ElastiCache's rules: each refuses, and passes when its reason ends.

use std::time::Duration;

use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::elasticache::{asked, create, describe, ground};
use crate::network;

fn real(conditions: Conditions) -> Sandbox {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(conditions);
    sandbox
}

async fn wait(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

#[tokio::test]
async fn a_group_is_made_of_good_things_only() {
    let sandbox = sandbox();
    let cache = client!(aws_sdk_elasticache, sandbox);
    let sg = ground(&sandbox, &cache).await;
    let ask = || asked(&cache, &sg);
    let too_long = "r".repeat(41);
    let cases = [
        ("a long id", ask().replication_group_id(too_long), "InvalidParameterValue"),
        ("a bad id", ask().replication_group_id("redis-"), "InvalidParameterValue"),
        ("a subnet group", ask().cache_subnet_group_name("none"), "CacheSubnetGroupNotFoundFault"),
        ("a security group", ask().security_group_ids("sg-none"), "InvalidParameterValue"),
        ("one node", ask().num_cache_clusters(1), "InvalidParameterCombination"),
    ];
    for (what, call, refused) in cases {
        assert_eq!(code(call.send().await), refused, "{what}");
    }
    let none = cache.create_cache_subnet_group().cache_subnet_group_name("x").cache_subnet_group_description("d");
    assert_eq!(code(none.subnet_ids("subnet-none").send().await), "InvalidSubnet");
    let none = cache.modify_cache_subnet_group().cache_subnet_group_name("cache-demo").subnet_ids("subnet-none");
    assert_eq!(code(none.send().await), "InvalidSubnet");
    create(&cache, &sg).await.unwrap();
    assert_eq!(create(&cache, &sg).await.unwrap_err(), "ReplicationGroupAlreadyExists");
}

#[tokio::test(start_paused = true)]
async fn a_group_in_the_middle_of_something_is_left_alone() {
    let sandbox = real(Conditions::default());
    let cache = client!(aws_sdk_elasticache, sandbox);
    let sg = ground(&sandbox, &cache).await;
    let arn = create(&cache, &sg).await.unwrap().arn.unwrap();
    let tag = aws_sdk_elasticache::types::Tag::builder().key("a").value("b").build();
    let list = || cache.list_tags_for_resource().resource_name(&arn).send();
    let add = || cache.add_tags_to_resource().resource_name(&arn).tags(tag.clone()).send();
    let remove = || cache.remove_tags_from_resource().resource_name(&arn).tag_keys("a").send();
    let modify = || {
        let call = cache.modify_replication_group().replication_group_id("redis-demo");
        call.cache_node_type("cache.t3.small").apply_immediately(true).send()
    };
    let more = |count| {
        let call = cache.increase_replica_count().replication_group_id("redis-demo");
        call.new_replica_count(count).apply_immediately(true).send()
    };
    let fewer = |count| {
        let call = cache.decrease_replica_count().replication_group_id("redis-demo");
        call.new_replica_count(count).apply_immediately(true).send()
    };
    let delete = || cache.delete_replication_group().replication_group_id("redis-demo").send();
    const STATE: &str = "InvalidReplicationGroupState";
    assert_eq!(code(list().await), STATE);
    assert_eq!(code(add().await), STATE);
    assert_eq!(code(remove().await), STATE);
    assert_eq!(code(modify().await), STATE);
    assert_eq!(code(more(2).await), STATE);
    assert_eq!(code(fewer(1).await), STATE);
    assert_eq!(code(delete().await), STATE);
    wait(431).await;
    list().await.unwrap();
    add().await.unwrap();
    remove().await.unwrap();
    assert_eq!(code(more(1).await), "InvalidParameterValue", "it has one");
    assert_eq!(code(fewer(0).await), "InvalidParameterValue", "failover needs one");
    modify().await.unwrap();
    assert_eq!(describe(&cache).await.status(), Some("modifying"));
    assert_eq!(code(more(2).await), STATE);
    wait(401).await;
    more(2).await.unwrap();
    wait(401).await;
    assert_eq!(describe(&cache).await.member_clusters().len(), 3);
    fewer(1).await.unwrap();
    wait(401).await;
    assert_eq!(describe(&cache).await.member_clusters().len(), 2);
    let member = cache.delete_cache_cluster().cache_cluster_id("redis-demo-002").send().await;
    assert_eq!(code(member), "InvalidCacheClusterState");
    delete().await.unwrap();
    assert_eq!(code(delete().await), STATE);
    assert_eq!(create(&cache, &sg).await.unwrap_err(), "ReplicationGroupAlreadyExists", "the id is blocked");
}

#[tokio::test(start_paused = true)]
async fn its_subnet_group_and_subnets_stay_while_it_stands() {
    let sandbox = real(Conditions::default());
    let (cache, ec2) = (client!(aws_sdk_elasticache, sandbox), client!(aws_sdk_ec2, sandbox));
    let sg = ground(&sandbox, &cache).await;
    create(&cache, &sg).await.unwrap();
    wait(431).await;
    let (_, others) = network::two_subnets(&sandbox).await;
    let groups = cache.describe_cache_subnet_groups().send().await.unwrap();
    let subnet = groups.cache_subnet_groups()[0].subnets()[1].subnet_identifier().unwrap().to_owned();
    let free = || ec2.delete_subnet().subnet_id(&subnet).send();
    let change = || {
        let call = cache.modify_cache_subnet_group().cache_subnet_group_name("cache-demo");
        call.set_subnet_ids(Some(others.clone())).send()
    };
    let delete = || cache.delete_cache_subnet_group().cache_subnet_group_name("cache-demo").send();
    assert_eq!(code(free().await), "DependencyViolation");
    assert_eq!(code(change().await), "SubnetInUse");
    assert_eq!(code(delete().await), "CacheSubnetGroupInUse");
    cache.delete_replication_group().replication_group_id("redis-demo").send().await.unwrap();
    assert_eq!(code(delete().await), "CacheSubnetGroupInUse", "it is not gone yet");
    wait(361).await;
    assert_eq!(code(free().await), "DependencyViolation", "its interfaces linger");
    change().await.unwrap();
    delete().await.unwrap();
    wait(20).await;
    free().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_to_go_wrong_goes_wrong() {
    let conditions = Conditions::default().with_incident(Incident::CacheWithoutCapacity, 1);
    let sandbox = real(conditions.with_incident(Incident::CacheFails, 1));
    let cache = client!(aws_sdk_elasticache, sandbox);
    let sg = ground(&sandbox, &cache).await;
    assert_eq!(create(&cache, &sg).await.unwrap_err(), "InsufficientCacheClusterCapacity");
    let arn = create(&cache, &sg).await.unwrap().arn.unwrap();
    wait(431).await;
    assert_eq!(describe(&cache).await.status(), Some("create-failed"));
    let tags = cache.list_tags_for_resource().resource_name(arn).send().await;
    assert_eq!(code(tags), "InvalidReplicationGroupState");
    cache.delete_replication_group().replication_group_id("redis-demo").send().await.unwrap();
    wait(361).await;
    create(&cache, &sg).await.unwrap();
    wait(431).await;
    assert_eq!(describe(&cache).await.status(), Some("available"));
}
