//! SQS: the queue is there, encrypted, and keeps messages as long as wanted.
use super::look::Look;
use crate::kinds::sqs::{Queue, QueuePolicy};
use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use vidpipe_engine::{
    Result,
    verify::Section::{EncryptionAtRest, EncryptionInTransit, Retention},
};

pub(super) async fn queue(look: &Look<'_>, want: Queue) -> Result<()> {
    let call = look.aws.sqs.get_queue_attributes().queue_url(&look.id.0).attribute_names(Attribute::All);
    let seen = ask!(look, "GetQueueAttributes", call)?;
    let field = |name: Attribute| seen.attributes().and_then(|of| of.get(&name)).map(String::as_str);
    let (own, kms) = (field(Attribute::SqsManagedSseEnabled), field(Attribute::KmsMasterKeyId));
    let said = match (own, kms.filter(|key| !key.is_empty())) {
        (Some("true"), _) => Ok("SqsManagedSseEnabled = true".to_owned()),
        (_, Some(key)) => Ok(format!("KmsMasterKeyId = {key}")),
        _ => Err("neither SqsManagedSseEnabled nor KmsMasterKeyId is set".to_owned()),
    };
    look.told(EncryptionAtRest, "messages are encrypted", said);
    let (seconds, wanted) = (field(Attribute::MessageRetentionPeriod), want.retention_s.to_string());
    look.is(Retention, "messages are kept as long as wanted", "MessageRetentionPeriod", seconds, wanted);
    let seen = ask!(look, "ListQueueTags", look.aws.sqs.list_queue_tags().queue_url(&look.id.0))?;
    look.tags(&want.name, seen.tags().into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(())
}

pub(super) async fn queue_policy(look: &Look<'_>, _: QueuePolicy) -> Result<()> {
    look.settled(EncryptionInTransit, "without TLS nobody gets at it", "GetQueueAttributes").await
}
