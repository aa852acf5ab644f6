//! ElastiCache: subnet group and replication group.

use std::time::Duration;

use aws_sdk_elasticache::Client;
use aws_sdk_elasticache::operation::create_replication_group::builders::CreateReplicationGroupFluentBuilder;
use aws_sdk_elasticache::types::{AutomaticFailoverStatus, MultiAzStatus, ReplicationGroup, Tag};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code, sandbox};
use crate::network;

fn tag() -> Tag {
    Tag::builder().key("suffix").value("demo").build()
}

#[tokio::test]
async fn a_subnet_group_knows_its_vpc() {
    let sandbox = sandbox();
    let cache = client!(aws_sdk_elasticache, sandbox);
    let (vpc, subnets) = network::two_subnets(&sandbox).await;
    let create = || {
        cache
            .create_cache_subnet_group()
            .cache_subnet_group_name("cache-demo")
            .cache_subnet_group_description("isolated")
            .set_subnet_ids(Some(subnets.clone()))
            .tags(tag())
            .send()
    };
    create().await.unwrap();
    assert_eq!(code(create().await), "CacheSubnetGroupAlreadyExists");
    let describe = || cache.describe_cache_subnet_groups().cache_subnet_group_name("cache-demo").send();
    let response = describe().await.unwrap();
    let group = &response.cache_subnet_groups()[0];
    assert_eq!(group.vpc_id(), Some(vpc.as_str()));
    assert_eq!(group.subnets().len(), 2);
    let tags = cache.list_tags_for_resource().resource_name(group.arn().unwrap()).send().await.unwrap();
    assert_eq!(tags.tag_list()[0].value(), Some("demo"));
    let delete = || cache.delete_cache_subnet_group().cache_subnet_group_name("cache-demo").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "CacheSubnetGroupNotFoundFault");
    assert_eq!(code(describe().await), "CacheSubnetGroupNotFoundFault");
}

/// Creates the prerequisites of a replication group: a subnet group and a security group; returns the id of the latter.
pub(crate) async fn ground(sandbox: &Sandbox, cache: &Client) -> String {
    let (vpc, subnets) = network::two_subnets(sandbox).await;
    let made = cache.create_cache_subnet_group().cache_subnet_group_name("cache-demo");
    made.cache_subnet_group_description("d").set_subnet_ids(Some(subnets)).send().await.unwrap();
    network::group(sandbox, &vpc, "cache").await
}

/// The create call of the replication group in these tests.
pub(crate) fn asked(cache: &Client, group: &str) -> CreateReplicationGroupFluentBuilder {
    cache
        .create_replication_group()
        .replication_group_id("redis-demo")
        .replication_group_description("cache")
        .engine("redis")
        .engine_version("7.0")
        .cache_node_type("cache.t3.micro")
        .num_cache_clusters(2)
        .automatic_failover_enabled(true)
        .multi_az_enabled(true)
        .at_rest_encryption_enabled(true)
        .transit_encryption_enabled(true)
        .kms_key_id("alias/aws/elasticache")
        .cache_subnet_group_name("cache-demo")
        .security_group_ids(group)
        .tags(tag())
}

pub(crate) async fn create(cache: &Client, group: &str) -> Result<ReplicationGroup, String> {
    match asked(cache, group).send().await {
        Ok(made) => Ok(made.replication_group().unwrap().clone()),
        refused => Err(code(refused)),
    }
}

pub(crate) async fn describe(cache: &Client) -> ReplicationGroup {
    let response = cache.describe_replication_groups().replication_group_id("redis-demo").send().await.unwrap();
    response.replication_groups()[0].clone()
}

#[tokio::test]
async fn a_replication_group_has_two_nodes_and_two_endpoints() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let cache = client!(aws_sdk_elasticache, sandbox);
    let sg = ground(&sandbox, &cache).await;
    let before = sandbox.inventory().unwrap();
    assert_eq!(create(&cache, &sg).await.unwrap().status(), Some("creating"));
    assert_eq!(create(&cache, &sg).await.unwrap_err(), "ReplicationGroupAlreadyExists");
    let sandbox = kept.again(sandbox, Clock::Instant);
    let cache = client!(aws_sdk_elasticache, sandbox);
    let group = describe(&cache).await;
    assert_eq!(group.status(), Some("available"));
    assert_eq!(group.member_clusters(), ["redis-demo-001", "redis-demo-002"]);
    let nodes = &group.node_groups()[0];
    assert!(nodes.primary_endpoint().unwrap().address().unwrap().starts_with("master.redis-demo."));
    assert_eq!(nodes.primary_endpoint().unwrap().port(), Some(6379));
    assert!(nodes.reader_endpoint().unwrap().address().unwrap().starts_with("replica.redis-demo."));
    assert_eq!(nodes.node_group_members().len(), 2);
    assert_eq!(group.at_rest_encryption_enabled(), Some(true));
    assert_eq!(group.transit_encryption_enabled(), Some(true));
    assert_eq!(group.kms_key_id(), Some("alias/aws/elasticache"));
    assert_eq!(group.multi_az(), Some(&MultiAzStatus::Enabled));
    assert_eq!(group.automatic_failover(), Some(&AutomaticFailoverStatus::Enabled));
    let tags = cache.list_tags_for_resource().resource_name(group.arn().unwrap()).send().await.unwrap();
    assert_eq!(tags.tag_list()[0].value(), Some("demo"));
    let member = cache.describe_cache_clusters().cache_cluster_id("redis-demo-002").send().await.unwrap();
    let member = &member.cache_clusters()[0];
    assert!(member.engine_version().unwrap().starts_with("7.0."));
    assert_eq!(member.security_groups()[0].security_group_id(), Some(sg.as_str()));
    assert_eq!(member.cache_subnet_group_name(), Some("cache-demo"));

    let change = cache.modify_replication_group().replication_group_id("redis-demo").cache_node_type("cache.t3.small");
    change.apply_immediately(true).send().await.unwrap();
    assert_eq!(describe(&cache).await.cache_node_type(), Some("cache.t3.small"));

    let delete = || cache.delete_replication_group().replication_group_id("redis-demo").send();
    assert_eq!(delete().await.unwrap().replication_group().unwrap().status(), Some("deleting"));
    assert_eq!(code(delete().await), "ReplicationGroupNotFoundFault");
    let gone = cache.describe_replication_groups().replication_group_id("redis-demo").send().await;
    assert_eq!(code(gone), "ReplicationGroupNotFoundFault");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test(start_paused = true)]
async fn a_replication_group_takes_its_time() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let cache = client!(aws_sdk_elasticache, sandbox);
    let sg = ground(&sandbox, &cache).await;
    create(&cache, &sg).await.unwrap();
    tokio::time::advance(Duration::from_secs(420)).await;
    let group = describe(&cache).await;
    assert_eq!((group.status(), group.node_groups().len()), (Some("creating"), 0));
    let delete = || cache.delete_replication_group().replication_group_id("redis-demo").send();
    assert_eq!(code(delete().await), "InvalidReplicationGroupState");
    tokio::time::advance(Duration::from_secs(11)).await;
    assert_eq!(describe(&cache).await.status(), Some("available"));
    delete().await.unwrap();
    tokio::time::advance(Duration::from_secs(350)).await;
    assert_eq!(describe(&cache).await.status(), Some("deleting"));
    tokio::time::advance(Duration::from_secs(11)).await;
    assert_eq!(code(delete().await), "ReplicationGroupNotFoundFault");
}
