//! [ElastiCache](https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/CommonErrors.html)
use crate::error::rows::{MINUTES, Row, SERVICE_ROLE, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    row(Class::Propagating, &["ServiceLinkedRoleNotFoundFault"]).lasting(MINUTES).hint(SERVICE_ROLE),
    row(Class::Propagating, &["InvalidKMSKeyFault", "InvalidSubnet"]),
    row(Class::Propagating, &["InvalidVPCNetworkStateFault"]).otherwise(Class::Invalid),
    // The request changes nothing.
    row(Class::Invalid, &["NoOperationFault", "SubnetNotAllowedFault"]),
];
