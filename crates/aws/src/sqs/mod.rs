//! SQS: queues.
use crate::{
    Cx, OrFail, budgets,
    declare::{Api, AwsService, kind},
    permissions::allow,
};
use aws_sdk_sqs::types::QueueAttributeName as Name;
use std::collections::HashMap;
use vidpipe_engine::Result;

pub(crate) mod codes;
pub(crate) mod owner;
mod queue;
mod queue_policy;
mod sweep;
pub(crate) mod verify;

pub use queue::*;
pub use queue_policy::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "sqs",
    apis: &[Api { sdk: "sqs", name: "SQS", codes: codes::ROWS, budgets: budgets::unpublished }],
    kinds: &[kind::<Queue>(), kind::<QueuePolicy>()],
    probes: sweep::probes,
    sweep: &[allow(&["sqs:ListQueueTags", "sqs:ListQueues"]).to_sweep()],
};

/// The queue's attributes: [GetQueueAttributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html).
pub(crate) async fn read(cx: &Cx, url: &str) -> Result<HashMap<Name, String>> {
    let call = cx.cloud.sqs.get_queue_attributes().queue_url(url).attribute_names(Name::All);
    let seen = call.send().await.or_fail("read the queue")?;
    Ok(seen.attributes.unwrap_or_default())
}
