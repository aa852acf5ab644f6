//! S3: buckets.
use crate::{
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod bucket;
mod bucket_encryption;
mod bucket_expiry;
mod bucket_versioning;
mod budgets;
pub(crate) mod codes;
pub(crate) mod owner;
mod public_access_block;
mod sweep;
mod trail_bucket_policy;
pub(crate) mod verify;

pub use bucket::*;
pub use bucket_encryption::*;
pub use bucket_expiry::*;
pub use bucket_versioning::*;
pub use public_access_block::*;
pub use trail_bucket_policy::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "s3",
    apis: &[Api { sdk: "s3", name: "S3", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[
        kind::<Bucket>(),
        kind::<BucketVersioning>(),
        kind::<BucketEncryption>(),
        kind::<PublicAccessBlock>(),
        kind::<BucketExpiry>(),
        kind::<TrailBucketPolicy>(),
    ],
    probes: sweep::probes,
    sweep: &[allow(&["s3:GetBucketTagging", "s3:ListAllMyBuckets"]).to_sweep()],
};
