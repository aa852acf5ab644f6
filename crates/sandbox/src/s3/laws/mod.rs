//! S3: ownership of bucket names, conditions for deleting a bucket, and delays in consistency.

mod names;
mod settings;

use crate::context::Refusal;
use crate::law::{Basis, Law};
use crate::wire::Ask;

const DELETE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html";
const ERRORS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html";
const CONSISTENCY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = names::laws();
    laws.extend(settings::laws());
    laws.extend([
        Law::documented_only(
            "s3/not-empty",
            "a bucket with an object, an old version or a delete marker in it cannot be deleted",
            Basis::Documented,
            DELETE,
        ),
        Law::documented_only(
            "s3/unfinished-uploads",
            "a bucket with an unfinished upload cannot be deleted",
            Basis::Assumed,
            "AWS says so of directory buckets only; being stricter costs a call",
        ),
        Law::documented_only(
            "s3/deleted-is-listed",
            "a deleted bucket may be listed for a moment",
            Basis::Documented,
            CONSISTENCY,
        ),
        Law::documented_only("s3/policy-late", "a new policy may not be in force yet", Basis::Documented, CONSISTENCY),
    ]);
    laws
}

fn aborted() -> Refusal {
    let message =
        "A conflicting conditional operation is currently in progress against this resource. Please try again.";
    Refusal::new("OperationAborted", message).status(409)
}

/// The bucket of a call, except for CreateBucket and ListBuckets.
fn bucket_in(ask: &Ask) -> Option<&str> {
    let about_one = !matches!(ask.operation.as_str(), "CreateBucket" | "ListBuckets");
    ask.path.first().map(String::as_str).filter(|_| about_one)
}
