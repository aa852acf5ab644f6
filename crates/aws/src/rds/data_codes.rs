//! [The Data API of RDS](https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // The Data API passes on PostgreSQL's messages, which may contain any text.
    row(Class::Invalid, &["BadRequestException", "DatabaseErrorException"]).saying(&["SQLState"]).settled(),
    row(Class::Propagating, &["BadRequestException"]).saying(&["HttpEndpoint is not enabled"]),
    row(Class::Unclear, &["BadRequestException"]).saying(&["Communications link failure"]),
    row(Class::Propagating, &["HttpEndpointNotEnabledException", "SecretsErrorException"]),
    row(Class::Propagating, &["InvalidSecretException"]).otherwise(Class::Invalid),
    row(
        Class::Busy,
        &[
            "DatabaseNotFoundException",
            "DatabaseResumingException",
            "DatabaseUnavailableException",
            "InvalidResourceStateException",
        ],
    ),
    row(Class::Unclear, &["StatementTimeoutException", "TransactionNotFoundException"]),
    row(Class::Invalid, &["DatabaseErrorException", "UnsupportedResultException"]),
];
