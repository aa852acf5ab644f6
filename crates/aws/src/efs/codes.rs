//! [EFS](https://docs.aws.amazon.com/efs/latest/ug/CommonErrors.html)
use crate::error::rows::{NO_ADDRESS, Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // https://docs.aws.amazon.com/efs/latest/ug/API_UpdateFileSystem.html
    row(Class::Quota, &["TooManyRequests"])
        .to(&["UpdateFileSystem"])
        .hint("EFS changes the throughput of a file system once in 24 hours: run the same command again after that"),
    row(Class::Throttled, &["TooManyRequests"]),
    row(Class::AlreadyExists, &["MountTargetConflict"]),
    row(Class::Busy, &["DependencyTimeout"]),
    row(Class::Busy, &["NoFreeAddressesInSubnet"]).hint(NO_ADDRESS),
    // The principal is new.
    row(Class::Propagating, &["InvalidPolicyException"]),
];
