//! A small network for the services that need one.

use vidpipe_sandbox::Sandbox;

use crate::aws::client;

/// A VPC with a subnet in each of two zones.
pub(crate) async fn two_subnets(sandbox: &Sandbox) -> (String, Vec<String>) {
    let ec2 = client!(aws_sdk_ec2, *sandbox);
    let made = ec2.create_vpc().cidr_block("10.0.0.0/16").send().await.unwrap();
    let vpc = made.vpc().unwrap().vpc_id().unwrap().to_owned();
    let mut subnets = Vec::new();
    for (zone, range) in [("eu-west-1a", "10.0.1.0/24"), ("eu-west-1b", "10.0.2.0/24")] {
        let made = ec2.create_subnet().vpc_id(&vpc).cidr_block(range).availability_zone(zone).send().await.unwrap();
        subnets.push(made.subnet().unwrap().subnet_id().unwrap().to_owned());
    }
    (vpc, subnets)
}

/// A security group in a VPC.
pub(crate) async fn group(sandbox: &Sandbox, vpc: &str, name: &str) -> String {
    let ec2 = client!(aws_sdk_ec2, *sandbox);
    let made = ec2.create_security_group().vpc_id(vpc).group_name(name).description(name).send().await.unwrap();
    made.group_id().unwrap().to_owned()
}
