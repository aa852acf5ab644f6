//! [RDS](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html)
use crate::error::rows::{MINUTES, Row, SERVICE_ROLE, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // https://github.com/terraform-aws-modules/terraform-aws-rds/issues/364
    row(Class::Propagating, &["InvalidParameterValue"])
        .saying(&["Missing necessary credentials"])
        .lasting(MINUTES)
        .hint(SERVICE_ROLE),
    // The subnets are new: https://github.com/hashicorp/terraform-provider-aws/issues/49846
    row(Class::Propagating, &["InvalidParameterValue"]).saying(&["Some input subnets in"]).otherwise(Class::Invalid),
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
    row(Class::Busy, &["InvalidParameterCombination"]).saying(&["previous storage change is being optimized"]).hint(
        "RDS changes a database's storage again only 6 hours after the last change, and when that is optimized, which \
             can take hours: \
             run the same command again then",
    ),
    // Lasts minutes after deletion protection is disabled.
    row(Class::Busy, &["InvalidParameterCombination"])
        .saying(&["disable deletion protection"])
        .lasting(MINUTES)
        .hint("its deletion protection is on: switch it off, then run the same command again"),
    row(Class::Propagating, &["DBSubnetGroupDoesNotExist", "InvalidSubnet", "KMSKeyNotAccessibleFault"]),
    row(Class::Propagating, &["InvalidVPCNetworkStateFault"]).otherwise(Class::Invalid),
    row(Class::Busy, &["DBUpgradeDependencyFailure"]),
    row(Class::Invalid, &["DBSubnetGroupDoesNotCoverEnoughAZs", "VpcEncryptionControlViolationException"]),
];
