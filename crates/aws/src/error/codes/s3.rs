//! [S3](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList). Its model lists next to none.
use super::{Row, row};
use vidpipe_engine::Class;

pub(super) const ROWS: &[Row] = &[
    // What the SDK says of a 404 without a body: S3's own have one, and say what is not there.
    row(Class::Unclear, &["NotFound"]),
    row(Class::AlreadyExists, &["BucketAlreadyExists", "BucketAlreadyOwnedByYou"]),
    // Something in the bucket went meanwhile. It is not the bucket that is not there.
    row(Class::Unclear, &["NoSuchKey", "NoSuchVersion"]),
    row(Class::Busy, &["BucketNotEmpty"]),
    row(Class::Expired, &["InvalidAccessKeyId", "InvalidToken", "TokenRefreshRequired"]),
    row(Class::Denied, &["AllAccessDisabled"]),
    row(Class::Propagating, &["MalformedPolicy"]).saying(&["Invalid principal in policy"]).otherwise(Class::Invalid),
    row(Class::Invalid, &["AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"]),
];
