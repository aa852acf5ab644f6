//! [S3](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList). Its model lists almost no
//! errors.
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // The SDK's code for a 404 without a body. S3's own 404 has one, which names what is missing.
    row(Class::Unclear, &["NotFound"]),
    row(Class::AlreadyExists, &["BucketAlreadyExists", "BucketAlreadyOwnedByYou"]),
    // An object in the bucket was deleted meanwhile. The bucket itself exists.
    row(Class::Unclear, &["NoSuchKey", "NoSuchVersion"]),
    row(Class::Busy, &["BucketNotEmpty"]),
    row(Class::Expired, &["InvalidAccessKeyId", "InvalidToken", "TokenRefreshRequired"]),
    row(Class::Denied, &["AllAccessDisabled"]),
    row(Class::Propagating, &["MalformedPolicy"]).saying(&["Invalid principal in policy"]).otherwise(Class::Invalid),
    row(Class::Invalid, &["AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"]),
];
