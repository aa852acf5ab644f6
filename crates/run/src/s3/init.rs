//! A bucket for states: made, or looked at.
use super::{ANYWHERE, connect, fault, in_time};
use crate::OpenError;
use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{
        BucketLifecycleConfiguration, BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration,
        ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
        PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
        ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
    },
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::{Value, json};
use std::{error::Error as StdError, time::Duration};
use vidpipe_aws::partition_of;
use vidpipe_store::{
    StoreError,
    remote::{Fault, Location, Refusal},
};

/// How often a request is sent, and the pause between.
const TRIES: usize = 6;
const PAUSE: Duration = Duration::from_secs(2);

/// The days for which a version that was replaced is kept.
const KEPT: i32 = 30;

/// What came of a request for a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was made.
    New,
    /// It was there. What it lacks, if anything.
    There(Vec<String>),
}

/// Makes the bucket of a location: versioned, encrypted, without public access, TLS only, and with versions that expire.
/// An existing one is not changed.
///
/// # Errors
/// [`StoreError::Remote`] when a request is refused or not answered. A bucket that was made and not finished is finished
/// by repeating the call only as far as it says what is missing.
pub async fn init(location: &Location, region: Option<&str>) -> Result<Made, OpenError> {
    let region = location.region.as_deref().or(region).unwrap_or(ANYWHERE);
    let aws = connect(location, region).await;
    aws.endpoints.check()?;
    // An emulator is called without TLS.
    let tls = aws.endpoints.emulator().is_none();
    let made = Bucket { client: aws.s3.clone(), name: &location.bucket, location, region, tls };
    made.init().await.map_err(|(doing, fault)| StoreError::Remote { doing, url: location.label(), fault }.into())
}

struct Bucket<'a> {
    client: Client,
    name: &'a str,
    location: &'a Location,
    region: &'a str,
    /// Whether it is called by TLS.
    tls: bool,
}

type Failed = (&'static str, Fault);

impl Bucket<'_> {
    async fn init(&self) -> Result<Made, Failed> {
        match self.create().await {
            Ok(()) => {}
            Err((_, Fault::Refused { why: Refusal::Other, ref message, .. })) if message.contains("BucketAlready") => {
                return Ok(Made::There(self.lacks().await?));
            }
            Err(failed) => return Err(failed),
        }
        self.settle().await?;
        Ok(Made::New)
    }

    /// [CreateBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html). In us-east-1 it succeeds for
    /// a bucket of one's own, so that is looked for first.
    async fn create(&self) -> Result<(), Failed> {
        const DOING: &str = "make the bucket";
        let exists = || Fault::Refused {
            why: Refusal::Other,
            action: "s3:CreateBucket",
            message: "BucketAlreadyOwnedByYou".into(),
        };
        let there = self.client.head_bucket().bucket(self.name).send();
        match in_time(there).await.map_err(|fault| (DOING, fault))? {
            Ok(_) => return Err((DOING, exists())),
            Err(SdkError::ServiceError(e)) if e.raw().status().as_u16() == 404 => {}
            Err(e) => return Err((DOING, fault(e, "s3:ListBucket"))),
        }
        let call = self.client.create_bucket().bucket(self.name);
        let call = match self.region {
            "us-east-1" => call,
            region => call.create_bucket_configuration(
                CreateBucketConfiguration::builder()
                    .location_constraint(BucketLocationConstraint::from(region))
                    .build(),
            ),
        };
        sent(DOING, "s3:CreateBucket", async || call.clone().send().await).await.map(drop)
    }

    async fn settle(&self) -> Result<(), Failed> {
        let name = self.name;
        let versioned = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let call = self.client.put_bucket_versioning().bucket(name).versioning_configuration(versioned);
        sent("turn on versioning of", "s3:PutBucketVersioning", async || call.clone().send().await).await?;
        let closed = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true)
            .build();
        let call = self.client.put_public_access_block().bucket(name).public_access_block_configuration(closed);
        sent("close to the public", "s3:PutBucketPublicAccessBlock", async || call.clone().send().await).await?;
        if let Some(encryption) = self.encryption() {
            let call = self.client.put_bucket_encryption().bucket(name);
            let call = call.server_side_encryption_configuration(encryption);
            sent("encrypt", "s3:PutEncryptionConfiguration", async || call.clone().send().await).await?;
        }
        if self.tls {
            let call = self.client.put_bucket_policy().bucket(name).policy(tls_only(name, self.region).to_string());
            sent("require TLS of", "s3:PutBucketPolicy", async || call.clone().send().await).await?;
        }
        if let Some(rules) = expiry() {
            let call = self.client.put_bucket_lifecycle_configuration().bucket(name).lifecycle_configuration(rules);
            sent("let old versions expire in", "s3:PutLifecycleConfiguration", async || call.clone().send().await)
                .await?;
        }
        Ok(())
    }

    /// The key of the location. Without one, S3 encrypts every object with a key of its own.
    fn encryption(&self) -> Option<ServerSideEncryptionConfiguration> {
        let key = self.location.kms.as_ref()?;
        let default = ServerSideEncryptionByDefault::builder().sse_algorithm(ServerSideEncryption::AwsKms);
        let default = default.kms_master_key_id(key).build().ok()?;
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default);
        let rule = rule.bucket_key_enabled(true).build();
        ServerSideEncryptionConfiguration::builder().rules(rule).build().ok()
    }

    /// What an existing bucket lacks.
    async fn lacks(&self) -> Result<Vec<String>, Failed> {
        let (name, mut lacks) = (self.name, Vec::new());
        let call = self.client.get_bucket_versioning().bucket(name);
        let versioning =
            sent("read the versioning of", "s3:GetBucketVersioning", async || call.clone().send().await).await?;
        if versioning.status() != Some(&BucketVersioningStatus::Enabled) {
            lacks.push("versioning: without it, a state that is deleted or overwritten by hand is lost".to_owned());
        }
        let call = self.client.get_public_access_block().bucket(name);
        let closed =
            found("read the public access of", "s3:GetBucketPublicAccessBlock", async || call.clone().send().await)
                .await?;
        let closed = closed.and_then(|closed| closed.public_access_block_configuration).is_some_and(|closed| {
            [
                closed.block_public_acls,
                closed.block_public_policy,
                closed.ignore_public_acls,
                closed.restrict_public_buckets,
            ]
            .iter()
            .all(|on| *on == Some(true))
        });
        if !closed {
            lacks.push("a block of all public access".to_owned());
        }
        let call = self.client.get_bucket_policy().bucket(name);
        let policy = found("read the policy of", "s3:GetBucketPolicy", async || call.clone().send().await).await?;
        let policy = policy.and_then(|policy| policy.policy);
        if self.tls && !policy.is_some_and(|policy| requires_tls(&policy)) {
            let needed = tls_only(name, self.region);
            lacks.push(format!("a policy that denies access without TLS: {needed}"));
        }
        let call = self.client.get_bucket_lifecycle_configuration().bucket(name);
        let rules =
            found("read the lifecycle of", "s3:GetLifecycleConfiguration", async || call.clone().send().await).await?;
        let expires = rules.and_then(|rules| rules.rules).is_some_and(|rules| {
            rules
                .iter()
                .any(|r| r.status() == &ExpirationStatus::Enabled && r.noncurrent_version_expiration().is_some())
        });
        if !expires {
            lacks.push("a lifecycle rule that deletes old versions: they pile up if a run is killed".to_owned());
        }
        Ok(lacks)
    }
}

/// Sends a request until it is answered: right after a bucket was made, S3 may say that it is being changed.
async fn sent<T, E>(
    doing: &'static str,
    action: &'static str,
    ask: impl AsyncFn() -> Result<T, SdkError<E, HttpResponse>>,
) -> Result<T, Failed>
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    let mut left = TRIES;
    loop {
        left -= 1;
        let answer = in_time(ask()).await.and_then(|answer| answer.map_err(|e| fault(e, action)));
        match answer {
            Err(Fault::Conflict | Fault::Unclear(_)) if left > 0 => pause().await,
            other => return other.map_err(|fault| (doing, fault)),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a bucket is waited for here, which no run does")]
async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

/// An answer of which S3 may say that there is none: 404, with a code of its own for each.
async fn found<T, E>(
    doing: &'static str,
    action: &'static str,
    call: impl AsyncFn() -> Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, Failed>
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match sent(doing, action, call).await {
        Err((_, Fault::Unmet)) => Ok(None),
        other => other.map(Some),
    }
}

/// Denies every request without TLS.
fn tls_only(bucket: &str, region: &str) -> Value {
    let arn = format!("arn:{}:s3:::{bucket}", partition_of(region));
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [arn, format!("{arn}/*")],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    })
}

fn requires_tls(policy: &str) -> bool {
    let Ok(policy) = serde_json::from_str::<Value>(policy) else { return false };
    let statements = policy["Statement"].as_array().cloned().unwrap_or_else(|| vec![policy["Statement"].clone()]);
    statements.iter().any(|statement| {
        let condition = &statement["Condition"]["Bool"]["aws:SecureTransport"];
        statement["Effect"] == "Deny" && (condition == "false" || condition == false)
    })
}

fn expiry() -> Option<BucketLifecycleConfiguration> {
    let rule = LifecycleRule::builder()
        .id("vidpipe-old-versions")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .noncurrent_version_expiration(NoncurrentVersionExpiration::builder().noncurrent_days(KEPT).build())
        .expiration(LifecycleExpiration::builder().expired_object_delete_marker(true).build());
    BucketLifecycleConfiguration::builder().rules(rule.build().ok()?).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_requires_tls_is_recognised() {
        assert!(requires_tls(&tls_only("states", "us-east-1").to_string()));
        let one = r#"{"Statement":{"Effect":"Deny","Condition":{"Bool":{"aws:SecureTransport":false}}}}"#;
        assert!(requires_tls(one));
        assert!(!requires_tls(
            r#"{"Statement":[{"Effect":"Allow","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#
        ));
        assert!(!requires_tls("no JSON"));
        assert_eq!(tls_only("states", "cn-north-1")["Statement"][0]["Resource"][0], "arn:aws-cn:s3:::states");
    }
}
