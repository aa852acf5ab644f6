//! SQS: queues.

mod laws;
mod lifecycle;
mod model;

use crate::backends::BackendOf;
use crate::log::Id;
use crate::service::{Rules, Service, Standing};

pub(crate) static SQS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_sqs::SqsService>("sqs")),
    laws: laws::laws,
    model: Rules::wire(model::rules),
    lifecycle: Rules::wire(lifecycle::rules),
    creates: &[("CreateQueue", Id::Answer("queue_url"))],
    unfound: |_| Some(("QueueDoesNotExist", 400)),
    kept: &[lifecycle::DELETED],
    standing: |resource| if resource.kind == "deleted-queue" { Standing::Tombstone } else { Standing::Exists },
    ..Service::new("SQS", "sqs")
};
