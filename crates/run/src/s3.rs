//! S3 as the object store of remote states.
//!
//! [Conditional requests](https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html) decide which
//! write comes first. Each request is sent once: the SDK's retries are off, as everywhere.
mod fault;
mod init;

use crate::OpenError;
use aws_sdk_s3::{
    Client,
    config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextRef},
    error::{ProvideErrorMetadata, SdkError},
    primitives::{ByteStream, DateTime, DateTimeFormat},
    types::{Delete, ObjectIdentifier, ServerSideEncryption},
};
use futures::FutureExt;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use vidpipe_aws::{Aws, Connection};
use vidpipe_store::{
    StoreError,
    remote::{Asked, Bucket, Condition, Fault, Location, Object, Objects, Refusal, Stamp, Terms},
};

/// The metadata that holds the id of a write.
const WRITE: &str = "vidpipe-write";
/// The time after which a request counts as unanswered.
const PATIENCE: Duration = Duration::from_secs(10);
/// The region in which S3 is asked where a bucket is, unless the environment names one.
const ANYWHERE: &str = "us-east-1";

use fault::fault;
pub use init::{Made, init};

/// A bucket.
struct S3 {
    client: Client,
    bucket: String,
    owner: Option<String>,
    kms: Option<String>,
    /// The time after which a request counts as unanswered: a lease must outlast several.
    patience: Duration,
}

/// Connects to the bucket of a location. Asks S3 for its region, unless the location names it.
///
/// # Errors
/// When the endpoint of an emulator is not valid, or S3 does not say where the bucket is.
pub async fn open(location: &Location, home: Option<&str>) -> Result<Bucket, OpenError> {
    let region = location.region.as_deref().or(home).unwrap_or(ANYWHERE);
    let aws = connect(location, region).await;
    aws.endpoints.check()?;
    let mut s3 = S3::of(&aws, location);
    if location.region.is_none() && aws.endpoints.emulator().is_none() {
        match s3.region().await {
            Ok(Some(there)) if there != region => s3 = S3::of(&connect(location, &there).await, location),
            Ok(_) => {}
            Err(fault) => {
                let url = location.label();
                return Err(StoreError::Remote { doing: "find the bucket", url, fault }.into());
            }
        }
    }
    let terms = Terms::new(location.lease, || uuid::Uuid::new_v4().simple().to_string());
    Ok(Bucket::new(Arc::new(s3), &location.label(), &location.prefix, terms))
}

async fn connect(location: &Location, region: &str) -> Aws {
    // The state has a budget of its own: a run's calls to S3 must not wait for its saves.
    let (region, profile) = (region.to_owned(), location.profile.clone());
    Aws::connect(Connection { region, profile, unmetered: true, ..Connection::default() }).await
}

/// Notes the `Date` of an answer: the time by the clock of S3.
#[derive(Clone, Debug, Default)]
struct Clock(Arc<Mutex<Option<DateTime>>>);

impl Intercept for Clock {
    fn name(&self) -> &'static str {
        "VidpipeStateClock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), aws_sdk_s3::error::BoxError> {
        let date = context.response().headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, DateTimeFormat::HttpDate).ok());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = date;
        Ok(())
    }
}

impl Clock {
    /// The age of an object that was last modified then.
    fn since(&self, modified: Option<&DateTime>) -> Option<Duration> {
        let now = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, modified) = now.zip(modified)?;
        Some(Duration::from_secs(u64::try_from(now.secs() - modified.secs()).unwrap_or(0)))
    }
}

impl S3 {
    async fn in_time<T>(&self, asked: impl Future<Output = T>) -> Result<T, Fault> {
        within(self.patience, asked).await
    }

    fn of(aws: &Aws, location: &Location) -> Self {
        let Location { bucket, owner, kms, lease, .. } = location.clone();
        Self { client: aws.s3.clone(), bucket, owner, kms, patience: PATIENCE.min(lease / 6) }
    }

    /// The region of the bucket. S3 says it in the answer to
    /// [HeadBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html), even if it refuses the request.
    async fn region(&self) -> Result<Option<String>, Fault> {
        let asked = self.client.head_bucket().bucket(&self.bucket).send();
        match in_time(asked).await? {
            Ok(there) => Ok(there.bucket_region),
            Err(SdkError::ServiceError(e)) => match e.raw().headers().get("x-amz-bucket-region") {
                Some(region) => Ok(Some(region.to_owned())),
                None if e.raw().status().as_u16() == 404 => {
                    let message = "there is no such bucket".into();
                    Err(Fault::Refused { why: Refusal::NoBucket, action: "s3:ListBucket", message })
                }
                None => Ok(None),
            },
            Err(e) => Err(fault(e, "s3:ListBucket")),
        }
    }
}

/// A request that takes too long has no answer.
async fn in_time<T>(asked: impl Future<Output = T>) -> Result<T, Fault> {
    within(PATIENCE, asked).await
}

#[allow(clippy::disallowed_methods, reason = "the time limit of a request, which no work waits for")]
async fn within<T>(patience: Duration, asked: impl Future<Output = T>) -> Result<T, Fault> {
    let answered = tokio::time::timeout(patience, asked).await;
    answered.map_err(|_| Fault::Unclear(format!("S3 did not answer within {} seconds", patience.as_secs_f32())))
}

fn write_id(metadata: Option<&HashMap<String, String>>) -> Option<String> {
    metadata?.get(WRITE).cloned()
}

impl Objects for S3 {
    fn get<'a>(&'a self, key: &'a str) -> Asked<'a, Option<Object>> {
        let clock = Clock::default();
        async move {
            let call = self.client.get_object().bucket(&self.bucket).key(key);
            let call = call.set_expected_bucket_owner(self.owner.clone()).customize().interceptor(clock.clone());
            let whole = async {
                let there = match call.send().await {
                    Ok(there) => there,
                    Err(SdkError::ServiceError(e)) if e.err().is_no_such_key() => return Ok(None),
                    Err(e) => {
                        return Err(match fault(e, "s3:GetObject") {
                            // Not S3's: a proxy's page, or a wrong endpoint's.
                            Fault::Unmet => Fault::Unclear("404, and not for want of the object".into()),
                            fault => fault,
                        });
                    }
                };
                let age = clock.since(there.last_modified());
                let stamp = Stamp {
                    etag: there.e_tag.clone().unwrap_or_default(),
                    write: write_id(there.metadata()),
                    version: there.version_id.clone(),
                    age,
                };
                let bytes = there.body.collect().await.map_err(|e| Fault::Unclear(e.to_string()))?.to_vec();
                Ok(Some(Object { stamp, bytes }))
            };
            self.in_time(whole).await?
        }
        .boxed()
    }

    fn head<'a>(&'a self, key: &'a str) -> Asked<'a, Option<Stamp>> {
        let clock = Clock::default();
        async move {
            let call = self.client.head_object().bucket(&self.bucket).key(key);
            let call = call.set_expected_bucket_owner(self.owner.clone()).customize().interceptor(clock.clone());
            match self.in_time(call.send()).await?.map_err(|e| fault(e, "s3:GetObject")) {
                Err(Fault::Unmet) => Ok(None),
                Err(fault) => Err(fault),
                Ok(there) => Ok(Some(Stamp {
                    etag: there.e_tag.clone().unwrap_or_default(),
                    write: write_id(there.metadata()),
                    version: there.version_id.clone(),
                    age: clock.since(there.last_modified()),
                })),
            }
        }
        .boxed()
    }

    fn put<'a>(&'a self, key: &'a str, bytes: Vec<u8>, condition: &'a Condition, write: &'a str) -> Asked<'a, Stamp> {
        async move {
            let call = self.client.put_object().bucket(&self.bucket).key(key).metadata(WRITE, write);
            let call = call.set_expected_bucket_owner(self.owner.clone()).body(ByteStream::from(bytes));
            let call = match condition {
                Condition::Absent => call.if_none_match("*"),
                Condition::Unchanged(etag) => call.if_match(etag),
                Condition::Always => call,
            };
            let call = match &self.kms {
                Some(key) => call.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(key),
                None => call,
            };
            let done = self.in_time(call.send()).await?.map_err(|e| fault(e, "s3:PutObject"))?;
            let etag = done.e_tag.ok_or_else(|| Fault::Unclear("the answer has no ETag".into()))?;
            Ok(Stamp { etag, write: Some(write.into()), version: done.version_id, age: Some(Duration::ZERO) })
        }
        .boxed()
    }

    fn delete<'a>(&'a self, key: &'a str, etag: Option<&'a str>) -> Asked<'a, ()> {
        async move {
            let call = self.client.delete_object().bucket(&self.bucket).key(key);
            let call = call.set_expected_bucket_owner(self.owner.clone()).set_if_match(etag.map(str::to_owned));
            match self.in_time(call.send()).await? {
                Ok(_) => Ok(()),
                // There is nothing of that key.
                Err(SdkError::ServiceError(e))
                    if e.raw().status().as_u16() == 404 && e.err().code() != Some("NoSuchBucket") =>
                {
                    Ok(())
                }
                Err(e) => Err(fault(e, "s3:DeleteObject")),
            }
        }
        .boxed()
    }

    fn list<'a>(&'a self, prefix: &'a str) -> Asked<'a, Vec<String>> {
        async move {
            let call = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix);
            let call = call.set_expected_bucket_owner(self.owner.clone());
            let mut pages = call.into_paginator().send();
            let mut keys = Vec::new();
            while let Some(page) = self.in_time(pages.next()).await? {
                let page = page.map_err(|e| fault(e, "s3:ListBucket"))?;
                keys.extend(page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key));
            }
            Ok(keys)
        }
        .boxed()
    }

    fn forget<'a>(&'a self, key: &'a str, versions: Vec<String>) -> Asked<'a, ()> {
        async move {
            let object = |version| ObjectIdentifier::builder().key(key).version_id(version).build();
            let objects = versions.into_iter().map(object).collect::<Result<Vec<_>, _>>();
            let delete = objects.and_then(|objects| Delete::builder().set_objects(Some(objects)).quiet(true).build());
            let delete = delete.map_err(|e| Fault::Unclear(e.to_string()))?;
            let call = self.client.delete_objects().bucket(&self.bucket).delete(delete);
            let call = call.set_expected_bucket_owner(self.owner.clone());
            self.in_time(call.send()).await?.map_err(|e| fault(e, "s3:DeleteObjectVersion"))?;
            Ok(())
        }
        .boxed()
    }
}
