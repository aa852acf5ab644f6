//! EC2: a network is created, read back, changed and deleted.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{AttributeBooleanValue, Filter, ResourceType, Tag, TagSpecification, VpcAttributeName};
use vidpipe_sandbox::Clock;

use crate::aws::{Kept, client, code, sandbox};
use crate::ec2_nat::{address, door, nat};

pub(crate) fn tagged(kind: ResourceType, name: &str) -> TagSpecification {
    TagSpecification::builder().resource_type(kind).tags(Tag::builder().key("Name").value(name).build()).build()
}

pub(crate) fn named(name: &str) -> Filter {
    Filter::builder().name("tag:Name").values(name).build()
}

pub(crate) async fn vpc(ec2: &Client) -> String {
    let made = ec2
        .create_vpc()
        .cidr_block("10.0.0.0/16")
        .tag_specifications(tagged(ResourceType::Vpc, "network"))
        .send()
        .await
        .unwrap();
    made.vpc().unwrap().vpc_id().unwrap().to_owned()
}

pub(crate) async fn subnet(ec2: &Client, vpc: &str) -> String {
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
    let response = ec2.describe_vpcs().vpc_ids(&id).filters(named("network")).send().await.unwrap();
    let [response] = response.vpcs() else { panic!("{response:?}") };
    assert_eq!(response.cidr_block(), Some("10.0.0.0/16"));
    assert_eq!(response.tags()[0].value(), Some("network"));
    for name in [VpcAttributeName::EnableDnsHostnames, VpcAttributeName::EnableDnsSupport] {
        let response = ec2.describe_vpc_attribute().vpc_id(&id).attribute(name).send().await.unwrap();
        let value = response.enable_dns_hostnames().or(response.enable_dns_support());
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
    let response = ec2.describe_subnets().filters(by_zone).filters(named("public-*")).send().await.unwrap();
    let [response] = response.subnets() else { panic!("{response:?}") };
    assert_eq!(response.vpc_id(), Some(vpc.as_str()));
    assert_eq!(response.availability_zone(), Some("eu-west-1b"));
    assert_eq!(response.map_public_ip_on_launch(), Some(true));
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
    let response = ec2.describe_internet_gateways().filters(named("door")).send().await.unwrap();
    assert_eq!(response.internet_gateways()[0].attachments()[0].vpc_id(), Some(vpc.as_str()));
    let none = ec2.describe_internet_gateways().filters(named("window")).send().await.unwrap();
    assert!(none.internet_gateways().is_empty());
    detach().await.unwrap();
    assert_eq!(code(detach().await), "Gateway.NotAttached");
    let delete = || ec2.delete_internet_gateway().internet_gateway_id(id).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidInternetGatewayID.NotFound");
    assert_eq!(code(detach().await), "InvalidInternetGatewayID.NotFound");
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
    door(&ec2, &vpc).await;
    let nat = nat(&ec2, &subnet, &address(&ec2).await, "n").await;
    let id = table(&ec2, &vpc, "t").await;
    assert_eq!(table(&ec2, &vpc, "t").await, id);
    let create =
        || ec2.create_route().route_table_id(&id).destination_cidr_block("0.0.0.0/0").nat_gateway_id(&nat).send();
    create().await.unwrap();
    assert_eq!(code(create().await), "RouteAlreadyExists");
    let associate = || ec2.associate_route_table().route_table_id(&id).subnet_id(&subnet).send();
    let association = associate().await.unwrap();
    let association = association.association_id().unwrap();
    assert_eq!(code(associate().await), "Resource.AlreadyAssociated");
    let by_subnet = Filter::builder().name("association.subnet-id").values(&subnet).build();
    let response = ec2.describe_route_tables().filters(by_subnet).filters(named("private")).send().await.unwrap();
    let [response] = response.route_tables() else { panic!("{response:?}") };
    assert_eq!(response.associations()[0].route_table_association_id(), Some(association));
    let route = response.routes().iter().find(|route| route.destination_cidr_block() == Some("0.0.0.0/0")).unwrap();
    assert_eq!((route.nat_gateway_id(), route.gateway_id()), (Some(nat.as_str()), None));

    let delete = || ec2.delete_route().route_table_id(&id).destination_cidr_block("0.0.0.0/0").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidRoute.NotFound");
    let leave = || ec2.disassociate_route_table().association_id(association).send();
    leave().await.unwrap();
    assert_eq!(code(leave().await), "InvalidAssociationID.NotFound");
    let again = associate().await.expect("nothing is left of the first");
    ec2.disassociate_route_table().association_id(again.association_id().unwrap()).send().await.unwrap();
    let delete = || ec2.delete_route_table().route_table_id(&id).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "InvalidRouteTableID.NotFound");
}

#[tokio::test]
async fn interfaces_can_be_asked_for() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let in_vpc = Filter::builder().name("vpc-id").values(vpc).build();
    let response = ec2.describe_network_interfaces().filters(in_vpc).send().await.unwrap();
    assert!(response.network_interfaces().is_empty());
}
