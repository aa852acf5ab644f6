//! SQS: the queue exists, is encrypted, and keeps messages as long as desired.
use crate::{
    check::CheckCx,
    sqs::{Queue, QueuePolicy},
};
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use vidpipe_engine::{
    Result,
    verify::Section::{EncryptionAtRest, EncryptionInTransit, Retention},
};

pub(crate) async fn queue(check: &CheckCx<'_>, want: Queue) -> Result<()> {
    let call = check.aws.sqs.get_queue_attributes().queue_url(&check.id.0).attribute_names(Attribute::All);
    let seen = ask!(check, "GetQueueAttributes", call)?;
    let field = |name: Attribute| seen.attributes().and_then(|of| of.get(&name)).map(String::as_str);
    let (own, kms) = (field(Attribute::SqsManagedSseEnabled), field(Attribute::KmsMasterKeyId));
    let result = match (own, kms.filter(|key| !key.is_empty())) {
        (Some("true"), _) => Ok("SqsManagedSseEnabled = true".to_owned()),
        (_, Some(key)) => Ok(format!("KmsMasterKeyId = {key}")),
        _ => Err("neither SqsManagedSseEnabled nor KmsMasterKeyId is set".to_owned()),
    };
    check.add_result(EncryptionAtRest, "messages are encrypted", result);
    let (seconds, expected) = (field(Attribute::MessageRetentionPeriod), want.retention_s.to_string());
    check.is(Retention, "messages are kept as long as specified", "MessageRetentionPeriod", seconds, expected);
    let seen = ask!(check, "ListQueueTags", check.aws.sqs.list_queue_tags().queue_url(&check.id.0))?;
    check.tags(&want.name, seen.tags().into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(())
}

pub(crate) async fn queue_policy(check: &CheckCx<'_>, _: QueuePolicy) -> Result<()> {
    check.settled(EncryptionInTransit, "access requires TLS", "GetQueueAttributes").await
}
