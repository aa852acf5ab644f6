//! S3. Winterbaume keeps buckets by region, although bucket names are global; it drops the tags and the region given to
//! CreateBucket, and does not enforce bucket policies. So everything about a bucket except its contents is kept here,
//! whatever its region.

mod buckets;
mod laws;
mod policy;
mod tags;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::backends::BackendOf;
use crate::budgets::{TokenBucket, generous};
use crate::context::{Context, Refusal};
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Rules, Service};
use crate::store::Fact;
use crate::typed::Rule;
use crate::wire::Protocol;

pub(crate) use policy::{Access, Decision};

/// The row of buckets in the timing table.
pub(crate) const ROW: &str = "s3_bucket";
/// The row of a bucket's settings.
const SETTING: &str = "s3_bucket_setting";
/// The kind of the lag of a policy that is not in force everywhere yet.
const POLICY: &str = "s3:policy";

/// A bucket, by its name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Bucket {
    /// Its region.
    pub(crate) region: String,
    /// Whether it belongs to another account.
    pub(crate) foreign: bool,
    tags: BTreeMap<String, String>,
    policy: Option<Value>,
    /// The previous policy.
    former: Option<Value>,
}

impl Fact for Bucket {
    const KIND: &'static str = "s3:bucket";
}

impl Bucket {
    /// A bucket of another account.
    pub(crate) fn of_another(region: &str) -> Self {
        Self { region: region.to_owned(), foreign: true, ..Self::default() }
    }
}

pub(crate) static S3: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_s3::S3Service>("s3")),
    protocol: Protocol::RestXml,
    laws: laws::laws,
    model: Rules::typed(typed_rules),
    creates: &[("CreateBucket", Id::Request(&["bucket"]))],
    budget,
    codes: CODES,
    unfound: |_| Some(("NoSuchBucket", 404)),
    ..Service::new("S3", "s3")
};

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
const CODES: FaultCodes = FaultCodes {
    throttled: ("SlowDown", "Rate exceeded", 503),
    internal: ("InternalError", "We encountered an internal error.", 500),
    expired: ("ExpiredToken", "The provided token has expired.", 400),
    skewed: ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403),
    denied: ("AccessDenied", "Access Denied", 403),
};

/// The rate for buckets is not known; that for objects is documented.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    match operation.contains("Object") {
        true => vec![TokenBucket::new(operation, 3500.0, 3500.0)],
        false => generous(operation),
    }
}

/// The bucket of that name, in any region.
pub(crate) fn bucket(context: &mut Context<'_>, name: &str) -> Option<Bucket> {
    context.global().recall(name)
}

/// The error for an unknown bucket.
pub(crate) fn no_such_bucket() -> Refusal {
    Refusal::new("NoSuchBucket", "The specified bucket does not exist").status(404)
}

/// The error for an access that is not allowed.
pub(crate) fn access_denied() -> Refusal {
    Refusal::new("AccessDenied", "Access Denied").status(403)
}

/// The verdict of the bucket policy in force on that access.
pub(crate) fn evaluated(context: &mut Context<'_>, name: &str, access: &Access<'_>) -> Decision {
    let Some(bucket) = bucket(context, name) else { return Decision::Nothing };
    let still_former = context.global().is_lagging(POLICY, name);
    let policy = if still_former { bucket.former } else { bucket.policy };
    policy.map_or(Decision::Nothing, |policy| policy::evaluate(&policy, access))
}

fn typed_rules() -> Vec<Rule> {
    let mut rules = buckets::rules();
    rules.extend(tags::rules());
    rules.extend(policy::rules());
    rules
}
