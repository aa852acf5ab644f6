//! The steps before a bucket can be deleted, one call each: deny writes, then delete everything in it.
//!
//! CloudTrail still delivers for some minutes after a trail was stopped or deleted, so a bucket that was emptied first
//! would fill again, and [DeleteBucket](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html) would
//! return `BucketNotEmpty`. Each step returns whether it changed anything.
use crate::{
    Cx, OrFail,
    error::{Refusal, rows},
    policy,
    s3::codes,
};
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use serde_json::{Value, json};
use vidpipe_engine::{Class, Error, Result};

/// The maximum number of objects deleted in one call.
const AT_ONCE: usize = 1000;

/// A bucket that is being deleted.
pub(super) struct Emptying<'a> {
    pub(super) cx: &'a Cx,
    pub(super) bucket: &'a str,
}

impl Emptying<'_> {
    /// Denies all writes; deletes stay allowed.
    /// [PutBucketPolicy](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html)
    pub(super) async fn close(&self) -> Result<bool> {
        let (s3, closed) = (&self.cx.cloud.s3, self.closed());
        match s3.get_bucket_policy().bucket(self.bucket).send().await.or_fail("read the bucket's policy") {
            Ok(seen) if seen.policy().is_some_and(|text| policy::says(text, &closed)) => return Ok(false),
            Err(e) if e.code.as_deref() != Some("NoSuchBucketPolicy") => return Err(e),
            _ => {}
        }
        let call = s3.put_bucket_policy().bucket(self.bucket).policy(closed.to_string());
        call.send().await.or_fail("deny further writes to the bucket")?;
        Ok(true)
    }

    fn closed(&self) -> Value {
        let arn = format!("arn:{}:s3:::{}", self.cx.cloud.partition(), self.bucket);
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "NobodyWrites",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:PutObject",
                    "Resource": format!("{arn}/*"),
                },
                {
                    "Sid": "OnlyWithTls",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [&arn, &format!("{arn}/*")],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        })
    }

    /// Deletes as many versions and delete markers as one call takes.
    /// [DeleteObjects](https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html)
    pub(super) async fn delete_versions(&self) -> Result<bool> {
        let s3 = &self.cx.cloud.s3;
        let seen =
            s3.list_object_versions().bucket(self.bucket).send().await.or_fail("list the contents of the bucket")?;
        let versions = seen.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = seen.delete_markers().iter().map(|m| (m.key(), m.version_id()));
        let named = versions.chain(markers).filter_map(|(key, version)| Some((key?, version?))).take(AT_ONCE);
        let each = named.map(|(key, version)| ObjectIdentifier::builder().key(key).version_id(version).build());
        let all = each.collect::<std::result::Result<Vec<_>, _>>();
        let all = all.and_then(|all| Delete::builder().set_objects(Some(all)).quiet(true).build());
        let delete = all.map_err(|e| Error::new(Class::Invalid, "name what is in the bucket").caused_by(e))?;
        if delete.objects().is_empty() {
            return Ok(false);
        }
        let call = s3.delete_objects().bucket(self.bucket).delete(delete);
        let answer = call.send().await.or_fail("delete what is in the bucket")?;
        answer.errors().first().map_or(Ok(true), |e| Err(refused(e)))
    }

    /// Aborts one unfinished upload.
    /// [AbortMultipartUpload](https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html)
    pub(super) async fn abort_an_upload(&self) -> Result<bool> {
        let s3 = &self.cx.cloud.s3;
        let call = s3.list_multipart_uploads().bucket(self.bucket).max_uploads(1);
        let seen = call.send().await.or_fail("find unfinished uploads")?;
        let Some((key, id)) = seen.uploads().first().and_then(|u| Some((u.key()?, u.upload_id()?))) else {
            return Ok(false);
        };
        let call = s3.abort_multipart_upload().bucket(self.bucket).key(key).upload_id(id);
        match call.send().await.or_fail("abort an unfinished upload") {
            // The upload was finished or aborted meanwhile. The error does not mean that the bucket is missing.
            Err(e) if e.code.as_deref() == Some("NoSuchUpload") => Ok(true),
            other => other.map(|_| true),
        }
    }
}

/// The error for one object. The call succeeds even if single objects fail.
fn refused(of: &aws_sdk_s3::types::Error) -> Error {
    let (code, message) = (of.code().unwrap_or_default(), of.message().unwrap_or_default());
    let class =
        rows::meaning(codes::ROWS, &Refusal { service: "S3", action: "DeleteObjects", code, message, status: 200 })
            .class;
    let key = of.key().unwrap_or("an object");
    Error::new(class, format!("delete what is in the bucket: {key}: {message}")).code(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_is_refused_is_an_error_and_never_a_bucket_that_is_gone() {
        let one = |code: &str| refused(&aws_sdk_s3::types::Error::builder().key("a").code(code).message("no").build());
        assert_eq!(one("AccessDenied").class, Class::Denied);
        assert_eq!(one("SlowDown").class, Class::Throttled);
        assert_eq!(one("NoSuchVersion").class, Class::Unclear);
        assert!(one("AccessDenied").message.ends_with("a: no"));
    }
}
