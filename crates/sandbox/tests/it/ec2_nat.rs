//! EC2: NAT gateways and their addresses.

use std::time::Duration;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{DomainType, Filter, NatGatewayState, ResourceType};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code};
use crate::ec2::{named, subnet, tagged, vpc};

pub(crate) async fn address(ec2: &Client) -> String {
    let made = ec2
        .allocate_address()
        .domain(DomainType::Vpc)
        .tag_specifications(tagged(ResourceType::ElasticIp, "address"))
        .send()
        .await
        .unwrap();
    made.allocation_id().unwrap().to_owned()
}

/// An attached internet gateway.
pub(crate) async fn door(ec2: &Client, vpc: &str) -> String {
    let made = ec2.create_internet_gateway().send().await.unwrap();
    let id = made.internet_gateway().unwrap().internet_gateway_id().unwrap().to_owned();
    ec2.attach_internet_gateway().internet_gateway_id(&id).vpc_id(vpc).send().await.unwrap();
    id
}

/// A subnet of a VPC with an internet gateway.
pub(crate) async fn public_subnet(ec2: &Client) -> String {
    let vpc = vpc(ec2).await;
    door(ec2, &vpc).await;
    subnet(ec2, &vpc).await
}

pub(crate) async fn nat(ec2: &Client, subnet: &str, address: &str, token: &str) -> String {
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
    let subnet = public_subnet(&ec2).await;
    let address = address(&ec2).await;
    let id = nat(&ec2, &subnet, &address, "token-1").await;
    let sandbox = kept.again(sandbox, Clock::Instant);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    assert_eq!(nat(&ec2, &subnet, &address, "token-1").await, id);
    let other = nat(&ec2, &subnet, &address, "token-2").await;
    assert_ne!(other, id);
    let response = ec2.describe_nat_gateways().nat_gateway_ids(&other).send().await.unwrap();
    assert_eq!(response.nat_gateways()[0].failure_code(), Some("Resource.AlreadyAssociated"));
    ec2.delete_nat_gateway().nat_gateway_id(&other).send().await.unwrap();

    let response = ec2.describe_nat_gateways().nat_gateway_ids(&id).send().await.unwrap();
    let gateway = &response.nat_gateways()[0];
    assert_eq!(gateway.state(), Some(&NatGatewayState::Available));
    assert_eq!(gateway.nat_gateway_addresses()[0].allocation_id(), Some(address.as_str()));
    assert_eq!(gateway.tags()[0].key(), Some("Name"));
    let response = ec2.describe_addresses().filters(named("address")).send().await.unwrap();
    assert!(response.addresses()[0].association_id().is_some());

    ec2.delete_nat_gateway().nat_gateway_id(&id).send().await.unwrap();
    let response = ec2.describe_nat_gateways().nat_gateway_ids(&id).send().await.unwrap();
    assert_eq!(response.nat_gateways()[0].state(), Some(&NatGatewayState::Deleted));
    let unknown = ec2.describe_nat_gateways().nat_gateway_ids("nat-0").send().await;
    assert_eq!(code(unknown), "NatGatewayNotFound");
    let response = ec2.describe_addresses().allocation_ids(&address).send().await.unwrap();
    assert_eq!(response.addresses()[0].association_id(), None);
    let release = || ec2.release_address().allocation_id(&address).send();
    release().await.unwrap();
    assert_eq!(code(release().await), "InvalidAllocationID.NotFound");
    let left = sandbox.inventory().unwrap();
    assert!(left["tombstones"]["eu-west-1"]["ec2"]["nat_gateways"][&id].is_object());
    assert!(left["regions"]["eu-west-1"]["ec2"].get("nat_gateways").is_none(), "{left}");
}

async fn nat_state(ec2: &Client, id: &str) -> NatGatewayState {
    let response = ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
    response.nat_gateways()[0].state().unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_takes_its_time_even_across_a_restart() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Real);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let subnet = public_subnet(&ec2).await;
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
    let response = ec2.describe_addresses().allocation_ids(&address).send().await.unwrap();
    assert_eq!(response.addresses()[0].association_id(), None);
}

#[tokio::test(start_paused = true)]
async fn the_interface_of_a_nat_gateway_is_shown_until_the_gateway_is_gone() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    door(&ec2, &vpc).await;
    let subnet = subnet(&ec2, &vpc).await;
    let id = nat(&ec2, &subnet, &address(&ec2).await, "token-1").await;
    let description = format!("Interface for NAT Gateway {id}");
    let by = |name: &str, value: &str| {
        let filter = Filter::builder().name(name).values(value).build();
        ec2.describe_network_interfaces().filters(filter).send()
    };
    let mut interface = String::new();
    for (name, value) in [
        ("vpc-id", vpc.as_str()),
        ("subnet-id", &subnet),
        ("description", &description),
        ("interface-type", "nat_gateway"),
        ("status", "in-use"),
        ("requester-managed", "true"),
    ] {
        let response = by(name, value).await.unwrap();
        assert_eq!(response.network_interfaces().len(), 1, "{name} {value}");
        assert!(by(name, "another").await.unwrap().network_interfaces().is_empty(), "{name}");
        interface = response.network_interfaces()[0].network_interface_id().unwrap().to_owned();
    }
    let gateways = ec2.describe_nat_gateways().nat_gateway_ids(&id).send().await.unwrap();
    let addresses = gateways.nat_gateways()[0].nat_gateway_addresses();
    assert_eq!(addresses[0].network_interface_id(), Some(interface.as_str()));

    ec2.delete_nat_gateway().nat_gateway_id(&id).send().await.unwrap();
    tokio::time::advance(Duration::from_secs(45)).await;
    assert_eq!(by("subnet-id", &subnet).await.unwrap().network_interfaces().len(), 1);
    tokio::time::advance(Duration::from_secs(7)).await;
    assert!(by("subnet-id", &subnet).await.unwrap().network_interfaces().is_empty());
    let unknown = ec2.describe_network_interfaces().network_interface_ids(&interface).send().await;
    assert_eq!(code(unknown), "InvalidNetworkInterfaceID.NotFound");
}
