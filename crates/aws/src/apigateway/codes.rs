//! [API Gateway](https://docs.aws.amazon.com/apigateway/latest/api/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // The role CloudWatch Logs is written with is new, or was just set for the account.
    row(Class::Propagating, &["BadRequestException"]).saying(&[
        "role ARN does not have required permissions",
        "could not successfully write to CloudWatch Logs using the ARN",
        "CloudWatch Logs role ARN must be set",
    ]),
    // The deployment is new: https://github.com/localstack/localstack records it.
    row(Class::Propagating, &["BadRequestException"])
        .saying(&["Deployment id does not exist"])
        .otherwise(Class::Invalid),
    row(Class::Busy, &["BadRequestException"]).saying(&["associated", "referenced", "Active stages", "in use"]),
    row(Class::AlreadyExists, &["ConflictException"]).saying(&["already"]),
    row(Class::Invalid, &["BadRequestException"]),
    row(Class::Denied, &["UnauthorizedException"]),
];
