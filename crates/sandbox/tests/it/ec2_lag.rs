//! EC2: new resources that do not show yet.

use std::time::Duration;

use aws_sdk_ec2::Client;
use vidpipe_sandbox::{Clock, Conditions, Sandbox};

use crate::aws::{client, code};
use crate::ec2::{named, vpc};

/// A sandbox with a seed for which a new VPC does not show at first.
async fn unknown_at_first() -> (Sandbox, Client, String) {
    for seed in 0.. {
        let sandbox = Sandbox::in_memory(Clock::Real);
        sandbox.set(Conditions { budgets: false, ..Conditions::strict(seed) });
        let ec2 = client!(aws_sdk_ec2, sandbox);
        let id = vpc(&ec2).await;
        tokio::time::advance(Duration::from_millis(300)).await;
        if ec2.describe_vpcs().vpc_ids(&id).send().await.is_err() {
            return (sandbox, ec2, id);
        }
    }
    unreachable!("there is always another seed")
}

#[tokio::test(start_paused = true)]
async fn a_new_vpc_is_unknown_for_a_moment_and_then_there() {
    let (sandbox, ec2, id) = unknown_at_first().await;
    let there = || async { ec2.describe_vpcs().filters(named("network")).send().await.unwrap().vpcs().len() };
    assert_eq!(there().await, 0, "lists omit it");
    assert_eq!(code(ec2.describe_vpcs().vpc_ids(&id).send().await), "InvalidVpcID.NotFound");
    let inside = || ec2.create_subnet().vpc_id(&id).cidr_block("10.0.1.0/24").send();
    assert_eq!(code(inside().await), "InvalidVpcID.NotFound");
    let group = || ec2.create_security_group().vpc_id(&id).group_name("g").description("x").send();
    assert_eq!(code(group().await), "InvalidVpcID.NotFound");
    assert_eq!(sandbox.made().len(), 1, "nothing was made in it");

    // The maximum lag is twice the consistency time.
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(there().await, 1);
    inside().await.unwrap();
    let made = group().await.unwrap();
    let id = made.group_id().unwrap();
    let grant = || ec2.authorize_security_group_egress().group_id(id).send();
    if let Err(refused) = grant().await {
        assert_eq!(code::<(), _, _>(Err(refused)), "InvalidGroup.NotFound");
    }
    tokio::time::advance(Duration::from_secs(4)).await;
    grant().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn on_a_good_day_everything_shows_at_once() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let ec2 = client!(aws_sdk_ec2, sandbox);
    for _ in 0..5 {
        let id = vpc(&ec2).await;
        ec2.describe_vpcs().vpc_ids(&id).send().await.unwrap();
    }
}
