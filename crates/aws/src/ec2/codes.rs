//! [EC2](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). Its model lists no errors.
use crate::error::rows::{NO_ADDRESS, Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // `InvalidX.NotFound` of every X, and `NatGatewayNotFound`, are classified by their form.
    row(
        Class::AlreadyExists,
        &["IdempotentParameterMismatch", "InvalidSubnet.Conflict", "Resource.AlreadyAssociated", "RouteAlreadyExists"],
    ),
    row(Class::Busy, &["InsufficientFreeAddressesInSubnet"]).hint(NO_ADDRESS),
    row(
        Class::Busy,
        &[
            "ConcurrentTagAccess",
            "DependencyViolation",
            "IncorrectInstanceState",
            "IncorrectState",
            "InvalidGroup.InUse",
            "InvalidIPAddress.InUse",
            "OperationNotPermitted",
        ],
    ),
    row(Class::Propagating, &["Gateway.NotAttached", "InvalidNatGatewayID.NotReady"]),
    // The route table is new; this lasts for a while:
    // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_route.go
    row(Class::Propagating, &["InvalidParameterException"]).otherwise(Class::Invalid),
    row(Class::Invalid, &["InvalidPermission.Malformed", "VPCIdNotSpecified", "VPCResourceNotSpecified"]),
];
