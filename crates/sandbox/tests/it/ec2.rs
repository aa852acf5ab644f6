//! EC2: a network is made, read back, changed and removed.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, DomainType, Filter, IpPermission, NatGatewayState, ResourceType, Tag, TagSpecification,
    UserIdGroupPair, VpcAttributeName,
};
use std::time::Duration;
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code, sandbox};

fn tagged(kind: ResourceType, name: &str) -> TagSpecification {
    TagSpecification::builder().resource_type(kind).tags(Tag::builder().key("Name").value(name).build()).build()
}

fn named(name: &str) -> Filter {
    Filter::builder().name("tag:Name").values(name).build()
}

async fn vpc(ec2: &Client) -> String {
    let made = ec2
        .create_vpc()
        .cidr_block("10.0.0.0/16")
        .tag_specifications(tagged(ResourceType::Vpc, "network"))
        .send()
        .await
        .unwrap();
    made.vpc().unwrap().vpc_id().unwrap().to_owned()
}

async fn subnet(ec2: &Client, vpc: &str) -> String {
    let made = ec2
        .create_subnet()
        .vpc_id(vpc)
        .cidr_block("10.0.1.0/24")
        .availability_zone("eu-west-1b")
        .tag_specifications(tagged(ResourceType::Subnet, "public-b"))
        .send()
        .await
        .unwrap();
    made.subnet().unwrap().subnet_id().unwrap().to_owned()
}

#[tokio::test]
async fn zones_are_those_of_the_region() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let zones = ec2.describe_availability_zones().send().await.unwrap();
    let names: Vec<_> = zones.availability_zones().iter().filter_map(|zone| zone.zone_name()).collect();
    assert!(names.starts_with(&["eu-west-1a", "eu-west-1b"]), "{names:?}");
}

#[tokio::test]
async fn a_vpc_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let before = sandbox.inventory().unwrap();
    let id = vpc(&ec2).await;
    let on = AttributeBooleanValue::builder().value(true).build();
    ec2.modify_vpc_attribute().vpc_id(&id).enable_dns_hostnames(on).send().await.unwrap();

    let sandbox = kept.again(sandbox, Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let shown = ec2.describe_vpcs().vpc_ids(&id).filters(named("network")).send().await.unwrap();
    let [shown] = shown.vpcs() else { panic!("{shown:?}") };
    assert_eq!(shown.cidr_block(), Some("10.0.0.0/16"));
    assert_eq!(shown.tags()[0].value(), Some("network"));
    for name in [VpcAttributeName::EnableDnsHostnames, VpcAttributeName::EnableDnsSupport] {
        let shown = ec2.describe_vpc_attribute().vpc_id(&id).attribute(name).send().await.unwrap();
        let value = shown.enable_dns_hostnames().or(shown.enable_dns_support());
        assert_eq!(value.and_then(|value| value.value()), Some(true));
    }
    let none = ec2.describe_vpcs().filters(named("other")).send().await.unwrap();
    assert!(none.vpcs().is_empty());
    let second = vpc(&ec2).await;
    assert_ne!(second, id, "ids are not used twice after a restart");

    for vpc in [&id, &second] {
        ec2.delete_vpc().vpc_id(vpc).send().await.unwrap();
    }
    assert_eq!(code(ec2.delete_vpc().vpc_id(&id).send().await), "InvalidVpcID.NotFound");
    assert_eq!(code(ec2.describe_vpcs().vpc_ids(&id).send().await), "InvalidVpcID.NotFound");
    let after = sandbox.inventory().unwrap();
    assert_eq!(after["regions"], before["regions"]);
}

#[tokio::test]
async fn a_subnet_lives_and_dies() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let id = subnet(&ec2, &vpc).await;
    let on = AttributeBooleanValue::builder().value(true).build();
    ec2.modify_subnet_attribute().subnet_id(&id).map_public_ip_on_launch(on).send().await.unwrap();
    let by_zone = Filter::builder().name("availability-zone").values("eu-west-1b").build();
    let shown = ec2.describe_subnets().filters(by_zone).filters(named("public-*")).send().await.unwrap();
    let [shown] = shown.subnets() else { panic!("{shown:?}") };
    assert_eq!(shown.vpc_id(), Some(vpc.as_str()));
    assert_eq!(shown.availability_zone(), Some("eu-west-1b"));
    assert_eq!(shown.map_public_ip_on_launch(), Some(true));
    ec2.delete_subnet().subnet_id(&id).send().await.unwrap();
    assert_eq!(code(ec2.delete_subnet().subnet_id(&id).send().await), "InvalidSubnetID.NotFound");
}

#[tokio::test]
async fn an_internet_gateway_is_attached_once() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let made = ec2
        .create_internet_gateway()
        .tag_specifications(tagged(ResourceType::InternetGateway, "door"))
        .send()
        .await
        .unwrap();
    let id = made.internet_gateway().unwrap().internet_gateway_id().unwrap();
    let attach = || ec2.attach_internet_gateway().internet_gateway_id(id).vpc_id(&vpc).send();
    let detach = || ec2.detach_internet_gateway().internet_gateway_id(id).vpc_id(&vpc).send();
    attach().await.unwrap();
    assert_eq!(code(attach().await), "Resource.AlreadyAssociated");
    let shown = ec2.describe_internet_gateways().filters(named("door")).send().await.unwrap();
    assert_eq!(shown.internet_gateways()[0].attachments()[0].vpc_id(), Some(vpc.as_str()));
    let none = ec2.describe_internet_gateways().filters(named("window")).send().await.unwrap();
    assert!(none.internet_gateways().is_empty());
    detach().await.unwrap();
    assert_eq!(code(detach().await), "Gateway.NotAttached");
    let delete = || ec2.delete_internet_gateway().internet_gateway_id(id).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidInternetGatewayID.NotFound");
    assert_eq!(code(detach().await), "InvalidInternetGatewayID.NotFound");
}

async fn address(ec2: &Client) -> String {
    let made = ec2
        .allocate_address()
        .domain(DomainType::Vpc)
        .tag_specifications(tagged(ResourceType::ElasticIp, "address"))
        .send()
        .await
        .unwrap();
    made.allocation_id().unwrap().to_owned()
}

async fn nat(ec2: &Client, subnet: &str, address: &str, token: &str) -> String {
    let made = ec2
        .create_nat_gateway()
        .subnet_id(subnet)
        .allocation_id(address)
        .client_token(token)
        .tag_specifications(tagged(ResourceType::Natgateway, "nat"))
        .send()
        .await
        .unwrap();
    assert_eq!(made.client_token(), Some(token));
    let gateway = made.nat_gateway().unwrap();
    assert_eq!(gateway.state(), Some(&NatGatewayState::Pending));
    assert_eq!(gateway.tags()[0].value(), Some("nat"));
    gateway.nat_gateway_id().unwrap().to_owned()
}

#[tokio::test]
async fn a_nat_gateway_honours_its_token_and_holds_its_address() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let subnet = subnet(&ec2, &vpc(&ec2).await).await;
    let address = address(&ec2).await;
    let id = nat(&ec2, &subnet, &address, "token-1").await;
    let sandbox = kept.again(sandbox, Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    assert_eq!(nat(&ec2, &subnet, &address, "token-1").await, id);
    let other = nat(&ec2, &subnet, &address, "token-2").await;
    assert_ne!(other, id);
    ec2.delete_nat_gateway().nat_gateway_id(&other).send().await.unwrap();

    let shown = ec2.describe_nat_gateways().nat_gateway_ids(&id).send().await.unwrap();
    let gateway = &shown.nat_gateways()[0];
    assert_eq!(gateway.state(), Some(&NatGatewayState::Available));
    assert_eq!(gateway.nat_gateway_addresses()[0].allocation_id(), Some(address.as_str()));
    assert_eq!(gateway.tags()[0].key(), Some("Name"));
    let shown = ec2.describe_addresses().filters(named("address")).send().await.unwrap();
    assert!(shown.addresses()[0].association_id().is_some());

    ec2.delete_nat_gateway().nat_gateway_id(&id).send().await.unwrap();
    let shown = ec2.describe_nat_gateways().nat_gateway_ids(&id).send().await.unwrap();
    assert_eq!(shown.nat_gateways()[0].state(), Some(&NatGatewayState::Deleted));
    let unknown = ec2.describe_nat_gateways().nat_gateway_ids("nat-0").send().await;
    assert_eq!(code(unknown), "NatGatewayNotFound");
    let shown = ec2.describe_addresses().allocation_ids(&address).send().await.unwrap();
    assert_eq!(shown.addresses()[0].association_id(), None);
    let release = || ec2.release_address().allocation_id(&address).send();
    release().await.unwrap();
    assert_eq!(code(release().await), "InvalidAllocationID.NotFound");
    let left = sandbox.inventory().unwrap();
    assert!(left["tombstones"]["eu-west-1"]["ec2"]["nat_gateways"][&id].is_object());
    assert!(left["regions"]["eu-west-1"]["ec2"].get("nat_gateways").is_none(), "{left}");
}

async fn nat_state(ec2: &Client, id: &str) -> NatGatewayState {
    let shown = ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
    shown.nat_gateways()[0].state().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_takes_its_time_even_across_a_restart() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Real);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let subnet = subnet(&ec2, &vpc(&ec2).await).await;
    let address = address(&ec2).await;
    let id = nat(&ec2, &subnet, &address, "token-1").await;
    tokio::time::advance(Duration::from_secs(100)).await;
    assert_eq!(nat_state(&ec2, &id).await, NatGatewayState::Pending);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(nat_state(&ec2, &id).await, NatGatewayState::Available);

    ec2.delete_nat_gateway().nat_gateway_id(&id).send().await.unwrap();
    tokio::time::advance(Duration::from_secs(45)).await;
    assert_eq!(nat_state(&ec2, &id).await, NatGatewayState::Deleting);
    let sandbox = kept.again(sandbox, Clock::Real);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    assert_eq!(nat_state(&ec2, &id).await, NatGatewayState::Deleting);
    tokio::time::advance(Duration::from_secs(7)).await;
    assert_eq!(nat_state(&ec2, &id).await, NatGatewayState::Deleted);
    let shown = ec2.describe_addresses().allocation_ids(&address).send().await.unwrap();
    assert_eq!(shown.addresses()[0].association_id(), None);
}

async fn table(ec2: &Client, vpc: &str, token: &str) -> String {
    let made = ec2
        .create_route_table()
        .vpc_id(vpc)
        .client_token(token)
        .tag_specifications(tagged(ResourceType::RouteTable, "private"))
        .send()
        .await
        .unwrap();
    made.route_table().unwrap().route_table_id().unwrap().to_owned()
}

#[tokio::test]
async fn a_route_table_has_routes_and_subnets() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let subnet = subnet(&ec2, &vpc).await;
    let nat = nat(&ec2, &subnet, &address(&ec2).await, "n").await;
    let id = table(&ec2, &vpc, "t").await;
    assert_eq!(table(&ec2, &vpc, "t").await, id);
    let create =
        || ec2.create_route().route_table_id(&id).destination_cidr_block("0.0.0.0/0").nat_gateway_id(&nat).send();
    create().await.unwrap();
    assert_eq!(code(create().await), "RouteAlreadyExists");
    let association = ec2.associate_route_table().route_table_id(&id).subnet_id(&subnet).send().await.unwrap();
    let association = association.association_id().unwrap();
    let by_subnet = Filter::builder().name("association.subnet-id").values(&subnet).build();
    let shown = ec2.describe_route_tables().filters(by_subnet).filters(named("private")).send().await.unwrap();
    let [shown] = shown.route_tables() else { panic!("{shown:?}") };
    assert_eq!(shown.associations()[0].route_table_association_id(), Some(association));
    let route = shown.routes().iter().find(|route| route.destination_cidr_block() == Some("0.0.0.0/0")).unwrap();
    assert_eq!((route.nat_gateway_id(), route.gateway_id()), (Some(nat.as_str()), None));

    let delete = || ec2.delete_route().route_table_id(&id).destination_cidr_block("0.0.0.0/0").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidRoute.NotFound");
    let leave = || ec2.disassociate_route_table().association_id(association).send();
    leave().await.unwrap();
    assert_eq!(code(leave().await), "InvalidAssociationID.NotFound");
    let delete = || ec2.delete_route_table().route_table_id(&id).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidRouteTableID.NotFound");
}

async fn group(ec2: &Client, vpc: &str, name: &str) -> String {
    let made = ec2
        .create_security_group()
        .vpc_id(vpc)
        .group_name(name)
        .description("for a test")
        .tag_specifications(tagged(ResourceType::SecurityGroup, name))
        .send()
        .await
        .unwrap();
    assert_eq!(made.tags()[0].value(), Some(name));
    made.group_id().unwrap().to_owned()
}

fn from(group: &str, port: i32) -> IpPermission {
    IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(port)
        .to_port(port)
        .user_id_group_pairs(UserIdGroupPair::builder().group_id(group).build())
        .build()
}

#[tokio::test]
async fn groups_refer_to_groups_and_rules_go_one_by_one() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let (db, api, worker) =
        (group(&ec2, &vpc, "db").await, group(&ec2, &vpc, "api").await, group(&ec2, &vpc, "worker").await);
    let again = ec2.create_security_group().vpc_id(&vpc).group_name("db").description("x").send();
    assert_eq!(code(again.await), "InvalidGroup.Duplicate");
    let mut ids = Vec::new();
    for peer in [&api, &worker] {
        let grant = || {
            ec2.authorize_security_group_ingress()
                .group_id(&db)
                .ip_permissions(from(peer, 5432))
                .tag_specifications(tagged(ResourceType::SecurityGroupRule, "db-in"))
                .send()
        };
        let made = grant().await.unwrap();
        let rule = &made.security_group_rules()[0];
        assert_eq!(rule.referenced_group_info().unwrap().group_id(), Some(peer.as_str()));
        ids.push(rule.security_group_rule_id().unwrap().to_owned());
        assert_eq!(code(grant().await), "InvalidPermission.Duplicate");
    }
    let sandbox = kept.again(sandbox, Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let shown = ec2.describe_security_groups().group_ids(&db).send().await.unwrap();
    let peers: Vec<_> = (shown.security_groups()[0].ip_permissions().iter())
        .flat_map(|permission| permission.user_id_group_pairs())
        .filter_map(|pair| pair.group_id())
        .collect();
    assert_eq!(peers, [api.as_str(), worker.as_str()]);
    let by_tag = ec2.describe_security_group_rules().filters(named("db-in")).send().await.unwrap();
    assert_eq!(by_tag.security_group_rules().len(), 2);

    let revoke = || ec2.revoke_security_group_ingress().group_id(&db).security_group_rule_ids(&ids[0]).send();
    revoke().await.unwrap();
    assert_eq!(code(revoke().await), "InvalidSecurityGroupRuleId.NotFound");
    let left = ec2.describe_security_group_rules().security_group_rule_ids(&ids[1]).send().await.unwrap();
    assert_eq!(left.security_group_rules().len(), 1);
    let by_content = || ec2.revoke_security_group_ingress().group_id(&db).ip_permissions(from(&worker, 5432)).send();
    by_content().await.unwrap();
    assert_eq!(code(by_content().await), "InvalidPermission.NotFound");

    let shown = ec2.describe_security_groups().group_ids(&db).send().await.unwrap();
    let egress = shown.security_groups()[0].ip_permissions_egress().to_vec();
    assert_eq!(egress[0].ip_ranges()[0].cidr_ip(), Some("0.0.0.0/0"));
    let revoke = ec2.revoke_security_group_egress().group_id(&db).set_ip_permissions(Some(egress));
    revoke.send().await.unwrap();
    let shown = ec2.describe_security_groups().group_ids(&db).send().await.unwrap();
    assert!(shown.security_groups()[0].ip_permissions_egress().is_empty());
    let delete = || ec2.delete_security_group().group_id(&db).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidGroup.NotFound");
}

#[tokio::test]
async fn interfaces_can_be_asked_for() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let in_vpc = Filter::builder().name("vpc-id").values(vpc).build();
    let shown = ec2.describe_network_interfaces().filters(in_vpc).send().await.unwrap();
    assert!(shown.network_interfaces().is_empty());
}
