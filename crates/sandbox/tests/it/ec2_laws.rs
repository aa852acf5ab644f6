//! EC2's rules: each refuses, and passes when its reason ends.

use std::time::Duration;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::{Filter, IpPermission, NatGatewayState, UserIdGroupPair};
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::aws::{client, code, sandbox};
use crate::ec2::{subnet, vpc};
use crate::ec2_nat::{address, door, nat, public_subnet};

const DEPENDENCY: &str = "DependencyViolation";

async fn group(ec2: &Client, vpc: &str, name: &str) -> String {
    let made = ec2.create_security_group().vpc_id(vpc).group_name(name).description("x").send().await.unwrap();
    made.group_id().unwrap().to_owned()
}

async fn table(ec2: &Client, vpc: &str) -> String {
    let made = ec2.create_route_table().vpc_id(vpc).send().await.unwrap();
    made.route_table().unwrap().route_table_id().unwrap().to_owned()
}

async fn default_group(ec2: &Client, vpc: &str) -> String {
    let of = Filter::builder().name("vpc-id").values(vpc).build();
    let response = ec2.describe_security_groups().filters(of).send().await.unwrap();
    let group = response.security_groups().iter().find(|group| group.group_name() == Some("default"));
    group.expect("every VPC has one").group_id().unwrap().to_owned()
}

async fn main_table(ec2: &Client, vpc: &str) -> String {
    let of = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let call = ec2.describe_route_tables().filters(of("vpc-id", vpc)).filters(of("association.main", "true"));
    let response = call.send().await.unwrap();
    let [table] = response.route_tables() else { panic!("{response:?}") };
    table.route_table_id().unwrap().to_owned()
}

#[tokio::test]
async fn a_vpc_goes_last_and_takes_its_own_things_along() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let before = sandbox.inventory().unwrap();
    let id = vpc(&ec2).await;
    let delete = || ec2.delete_vpc().vpc_id(&id).send();

    let inside = subnet(&ec2, &id).await;
    assert_eq!(code(delete().await), DEPENDENCY, "a subnet");
    ec2.delete_subnet().subnet_id(&inside).send().await.unwrap();

    let gateway = door(&ec2, &id).await;
    assert_eq!(code(delete().await), DEPENDENCY, "a gateway");
    let remove = || ec2.delete_internet_gateway().internet_gateway_id(&gateway).send();
    assert_eq!(code(remove().await), DEPENDENCY, "attached");
    ec2.detach_internet_gateway().internet_gateway_id(&gateway).vpc_id(&id).send().await.unwrap();
    remove().await.unwrap();

    let another = group(&ec2, &id, "another").await;
    assert_eq!(code(delete().await), DEPENDENCY, "a group");
    ec2.delete_security_group().group_id(&another).send().await.unwrap();

    let another = table(&ec2, &id).await;
    assert_eq!(code(delete().await), DEPENDENCY, "a table");
    ec2.delete_route_table().route_table_id(&another).send().await.unwrap();

    let (own_group, own_table) = (default_group(&ec2, &id).await, main_table(&ec2, &id).await);
    assert_eq!(code(ec2.delete_security_group().group_id(&own_group).send().await), "CannotDelete");
    assert_eq!(code(ec2.delete_route_table().route_table_id(&own_table).send().await), DEPENDENCY);
    assert_eq!(ec2.describe_network_acls().send().await.unwrap().network_acls().len(), 1);
    delete().await.unwrap();
    let gone = ec2.describe_security_groups().group_ids(&own_group).send().await;
    assert_eq!(code(gone), "InvalidGroup.NotFound");
    let gone = ec2.describe_route_tables().route_table_ids(&own_table).send().await;
    assert_eq!(code(gone), "InvalidRouteTableID.NotFound");
    assert!(ec2.describe_network_acls().send().await.unwrap().network_acls().is_empty());
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test]
async fn ranges_are_of_a_size_inside_and_apart() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    for range in ["10.0.0.0/15", "10.0.0.0/29", "network"] {
        assert_eq!(code(ec2.create_vpc().cidr_block(range).send().await), "InvalidVpc.Range", "{range}");
    }
    let vpc = vpc(&ec2).await;
    subnet(&ec2, &vpc).await;
    for (range, refused) in [
        ("10.1.0.0/24", "InvalidSubnet.Range"),
        ("10.0.2.0/29", "InvalidSubnet.Range"),
        ("10.0.0.0/15", "InvalidSubnet.Range"),
        ("10.0.1.0/24", "InvalidSubnet.Conflict"),
        ("10.0.1.128/25", "InvalidSubnet.Conflict"),
        ("10.0.0.0/20", "InvalidSubnet.Conflict"),
    ] {
        let made = ec2.create_subnet().vpc_id(&vpc).cidr_block(range).send().await;
        assert_eq!(code(made), refused, "{range}");
    }
    ec2.create_subnet().vpc_id(&vpc).cidr_block("10.0.2.0/24").send().await.unwrap();
}

#[tokio::test]
async fn there_are_five_of_each() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    for _ in 0..5 {
        let id = vpc(&ec2).await;
        door(&ec2, &id).await;
    }
    assert_eq!(code(ec2.create_vpc().cidr_block("10.0.0.0/16").send().await), "VpcLimitExceeded");
    assert_eq!(code(ec2.create_internet_gateway().send().await), "InternetGatewayLimitExceeded");
    let mut addresses = Vec::new();
    for _ in 0..5 {
        addresses.push(address(&ec2).await);
    }
    assert_eq!(code(ec2.allocate_address().send().await), "AddressLimitExceeded");
    ec2.release_address().allocation_id(&addresses[0]).send().await.unwrap();
    ec2.allocate_address().send().await.unwrap();
}

#[tokio::test]
async fn a_zone_has_five_nat_gateways() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let subnet = public_subnet(&ec2).await;
    for n in 0..5 {
        nat(&ec2, &subnet, &address(&ec2).await, &format!("token-{n}")).await;
    }
    let more = ec2.create_nat_gateway().subnet_id(&subnet).client_token("token-5").send().await;
    assert_eq!(code(more), "NatGatewayLimitExceeded");
    let addresses = ec2.describe_addresses().send().await.unwrap();
    let held = addresses.addresses().iter().filter(|address| address.association_id().is_some()).count();
    assert_eq!(held, 5);
}

#[tokio::test]
async fn a_vpc_has_one_internet_gateway() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let first = door(&ec2, &vpc).await;
    let made = ec2.create_internet_gateway().send().await.unwrap();
    let second = made.internet_gateway().unwrap().internet_gateway_id().unwrap();
    let attach = || ec2.attach_internet_gateway().internet_gateway_id(second).vpc_id(&vpc).send();
    assert_eq!(code(attach().await), "InvalidParameterValue");
    let table = table(&ec2, &vpc).await;
    let route =
        || ec2.create_route().route_table_id(&table).destination_cidr_block("0.0.0.0/0").gateway_id(second).send();
    assert_eq!(code(route().await), "InvalidParameterValue", "it is attached to no network");
    ec2.detach_internet_gateway().internet_gateway_id(&first).vpc_id(&vpc).send().await.unwrap();
    attach().await.unwrap();
    route().await.unwrap();
}

#[tokio::test]
async fn a_group_is_held_by_rules_of_others_only() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let (held, holder) = (group(&ec2, &vpc, "held").await, group(&ec2, &vpc, "holder").await);
    let again = ec2.create_security_group().vpc_id(&vpc).group_name("Held").description("x").send().await;
    assert_eq!(code(again), "InvalidGroup.Duplicate", "whatever the case");
    let from = |group: &str| {
        let pair = UserIdGroupPair::builder().group_id(group).build();
        IpPermission::builder().ip_protocol("tcp").from_port(80).to_port(80).user_id_group_pairs(pair).build()
    };
    for group in [&held, &holder] {
        let grant = ec2.authorize_security_group_ingress().group_id(group).ip_permissions(from(&held));
        grant.send().await.unwrap();
    }
    let delete = || ec2.delete_security_group().group_id(&held).send();
    assert_eq!(code(delete().await), DEPENDENCY);
    ec2.revoke_security_group_ingress().group_id(&holder).ip_permissions(from(&held)).send().await.unwrap();
    delete().await.expect("its own rule does not hold it");
}

#[tokio::test]
async fn a_table_is_held_by_its_subnets_and_tokens_stand_for_one_thing() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let subnet = public_subnet(&ec2).await;
    let vpc = vpc(&ec2).await;
    let with_token = |vpc: &str| ec2.create_route_table().vpc_id(vpc).client_token("t").send();
    let made = with_token(&vpc).await.unwrap();
    let id = made.route_table().unwrap().route_table_id().unwrap();
    assert_eq!(code(with_token("vpc-other").await), "IdempotentParameterMismatch");
    let association = ec2.associate_route_table().route_table_id(id).subnet_id(&subnet).send().await.unwrap();
    let delete = || ec2.delete_route_table().route_table_id(id).send();
    assert_eq!(code(delete().await), DEPENDENCY);
    let association = association.association_id().unwrap();
    ec2.disassociate_route_table().association_id(association).send().await.unwrap();
    delete().await.unwrap();

    nat(&ec2, &subnet, &address(&ec2).await, "n").await;
    let other = ec2.create_nat_gateway().subnet_id(&subnet).client_token("n").send().await;
    assert_eq!(code(other), "IdempotentParameterMismatch");
}

#[tokio::test(start_paused = true)]
async fn a_nat_gateway_holds_its_network_until_it_is_gone() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let (gateway, subnet, address) = (door(&ec2, &vpc).await, subnet(&ec2, &vpc).await, address(&ec2).await);
    let id = nat(&ec2, &subnet, &address, "n").await;
    let table = table(&ec2, &vpc).await;
    let route =
        || ec2.create_route().route_table_id(&table).destination_cidr_block("0.0.0.0/0").nat_gateway_id(&id).send();
    assert_eq!(code(route().await), "InvalidNatGatewayID.NotFound", "it is pending");
    tokio::time::advance(Duration::from_secs(130)).await;
    route().await.unwrap();

    let detach = || ec2.detach_internet_gateway().internet_gateway_id(&gateway).vpc_id(&vpc).send();
    let delete = || ec2.delete_subnet().subnet_id(&subnet).send();
    let release = || ec2.release_address().allocation_id(&address).send();
    assert_eq!(code(release().await), "InvalidIPAddress.InUse");
    ec2.delete_nat_gateway().nat_gateway_id(&id).send().await.unwrap();
    assert_eq!(code(release().await), "AuthFailure");
    assert_eq!(code(detach().await), DEPENDENCY);
    assert_eq!(code(delete().await), DEPENDENCY);
    tokio::time::advance(Duration::from_secs(80)).await;
    release().await.unwrap();
    detach().await.unwrap();
    delete().await.unwrap();
    assert_eq!(code(ec2.release_address().public_ip("203.0.113.1").send().await), "AuthFailure");
}

async fn failure(ec2: &Client, id: &str) -> (NatGatewayState, String) {
    let response = ec2.describe_nat_gateways().nat_gateway_ids(id).send().await.unwrap();
    let gateway = &response.nat_gateways()[0];
    (gateway.state().unwrap().clone(), gateway.failure_code().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_nat_gateway_fails_for_a_reason_and_holds_nothing() {
    let sandbox = sandbox();
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let vpc = vpc(&ec2).await;
    let (subnet, address) = (subnet(&ec2, &vpc).await, address(&ec2).await);
    let failed = |id: String| {
        let ec2 = ec2.clone();
        async move {
            let (state, code) = failure(&ec2, &id).await;
            assert_eq!(state, NatGatewayState::Failed, "{code}");
            ec2.delete_nat_gateway().nat_gateway_id(&id).send().await.unwrap();
            assert_eq!(failure(&ec2, &id).await, (NatGatewayState::Failed, code.clone()), "it is shown as before");
            code
        }
    };
    assert_eq!(failed(nat(&ec2, &subnet, &address, "1").await).await, "Gateway.NotAttached");
    door(&ec2, &vpc).await;
    assert_eq!(failed(nat(&ec2, &subnet, "eipalloc-0", "2").await).await, "InvalidAllocationID.NotFound");
    sandbox.set(Conditions::default().with_incident(Incident::NatFails, 1));
    let broken = nat(&ec2, &subnet, &address, "3").await;
    let response = ec2.describe_addresses().allocation_ids(&address).send().await.unwrap();
    assert_eq!(response.addresses()[0].association_id(), None);
    assert!(ec2.describe_network_interfaces().send().await.unwrap().network_interfaces().is_empty());
    assert_eq!(failed(broken).await, "InternalError");
    let good = nat(&ec2, &subnet, &address, "4").await;
    assert_eq!(failure(&ec2, &good).await, (NatGatewayState::Available, String::new()), "only once");
}
