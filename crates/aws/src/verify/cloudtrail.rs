//! CloudTrail: the trail logs, everywhere it should, into its own bucket, and its files can be validated.
use super::look::Look;
use crate::kinds::cloudtrail::{Trail, TrailLogging};
use vidpipe_engine::{Result, verify::Section::AuditTrail};

pub(super) async fn trail(look: &Look<'_>, want: Trail) -> Result<()> {
    let seen = ask!(look, "GetTrail", look.aws.cloudtrail.get_trail().name(&look.id.0))?;
    let trail = look.there(seen.trail())?;
    let validated = trail.log_file_validation_enabled();
    look.is(AuditTrail, "its files can be validated", "LogFileValidationEnabled", validated, true);
    look.is(AuditTrail, "it writes to its bucket", "S3BucketName", trail.s3_bucket_name(), want.bucket.as_str());
    let everywhere = trail.is_multi_region_trail();
    look.is(AuditTrail, "it logs the wanted regions", "IsMultiRegionTrail", everywhere, want.multi_region);
    let global = trail.include_global_service_events();
    look.is(AuditTrail, "it logs global services", "IncludeGlobalServiceEvents", global, true);
    let call = look.aws.cloudtrail.list_tags().resource_id_list(trail.trail_arn().unwrap_or_default());
    let seen = ask!(look, "ListTags", call)?;
    let tags = seen.resource_tag_list().iter().flat_map(|r| r.tags_list());
    look.tags(&want.name, tags.filter_map(|t| Some((t.key(), t.value()?))));
    Ok(())
}

pub(super) async fn trail_logging(look: &Look<'_>, want: TrailLogging) -> Result<()> {
    let seen = ask!(look, "GetTrailStatus", look.aws.cloudtrail.get_trail_status().name(&want.trail_arn))?;
    look.is(AuditTrail, "the trail is logging", "IsLogging", seen.is_logging(), true);
    let delivered = match seen.latest_delivery_error().filter(|e| !e.is_empty()) {
        None => Ok("LatestDeliveryError = not told".to_owned()),
        Some(error) => Err(format!("LatestDeliveryError is {error}")),
    };
    look.told(AuditTrail, "its files arrive", delivered);
    Ok(())
}
