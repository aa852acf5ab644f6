//! CloudTrail: the trail logs in every desired region, writes to its own bucket, and its files can be validated.
use crate::{
    check::CheckCx,
    cloudtrail::{Trail, TrailLogging},
};
use vidpipe_engine::{Result, verify::Section::AuditTrail};

pub(crate) async fn trail(check: &CheckCx<'_>, want: Trail) -> Result<()> {
    let seen = ask!(check, "GetTrail", check.aws.cloudtrail.get_trail().name(&check.id.0))?;
    let trail = check.there(seen.trail())?;
    let validated = trail.log_file_validation_enabled();
    check.is(AuditTrail, "its files can be validated", "LogFileValidationEnabled", validated, true);
    check.is(AuditTrail, "it writes to its bucket", "S3BucketName", trail.s3_bucket_name(), want.bucket.as_str());
    let everywhere = trail.is_multi_region_trail();
    check.is(AuditTrail, "it logs the specified regions", "IsMultiRegionTrail", everywhere, want.multi_region);
    let global = trail.include_global_service_events();
    check.is(AuditTrail, "it logs global services", "IncludeGlobalServiceEvents", global, true);
    let call = check.aws.cloudtrail.list_tags().resource_id_list(trail.trail_arn().unwrap_or_default());
    let seen = ask!(check, "ListTags", call)?;
    let tags = seen.resource_tag_list().iter().flat_map(|r| r.tags_list());
    check.tags(&want.name, tags.filter_map(|t| Some((t.key(), t.value()?))));
    Ok(())
}

pub(crate) async fn trail_logging(check: &CheckCx<'_>, want: TrailLogging) -> Result<()> {
    let seen = ask!(check, "GetTrailStatus", check.aws.cloudtrail.get_trail_status().name(&want.trail_arn))?;
    check.is(AuditTrail, "the trail is logging", "IsLogging", seen.is_logging(), true);
    let delivered = match seen.latest_delivery_error().filter(|e| !e.is_empty()) {
        None => Ok("LatestDeliveryError = not returned".to_owned()),
        Some(error) => Err(format!("LatestDeliveryError is {error}")),
    };
    check.add_result(AuditTrail, "its files arrive", delivered);
    Ok(())
}
