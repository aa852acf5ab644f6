//! [Application Auto Scaling](https://docs.aws.amazon.com/autoscaling/application/APIReference/CommonErrors.html)
use crate::error::rows::{MINUTES, Row, SERVICE_ROLE, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // This very call created its service-linked role:
    // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/appautoscaling/target.go
    row(Class::Propagating, &["ValidationException"])
        .saying(&["Unable to assume IAM role"])
        .lasting(MINUTES)
        .hint(SERVICE_ROLE),
    row(Class::Propagating, &["ValidationException"]).saying(&["ECS service doesn't exist"]).otherwise(Class::Invalid),
    // https://github.com/terraform-aws-modules/terraform-aws-rds-aurora/issues/420
    row(Class::AlreadyExists, &["ValidationException"]).saying(&["that you tried to tag already exists"]),
    row(Class::Propagating, &["FailedResourceAccessException"]),
    row(Class::Busy, &["ConcurrentUpdateException"]),
];
