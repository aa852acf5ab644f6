//! VPC endpoints: the resources they hold, and those they leave behind.

use crate::law::{Basis, Law};

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented_only(
            "ec2/endpoint-interfaces",
            "an interface endpoint has a network interface in each of its subnets until it is deleted",
            Basis::Documented,
            "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        ),
        Law::documented_only(
            "ec2/endpoint-of-guardduty",
            "GuardDuty's Runtime Monitoring, where it is on, puts an endpoint with a security group into a VPC in which a \
             Fargate task runs, and leaves both there: neither the subnet nor the VPC can be deleted",
            Basis::Reported,
            "hashicorp/terraform-provider-aws#46747",
        ),
    ]
}
