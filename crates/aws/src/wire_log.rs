//! Logs every AWS call: the action, the duration of the answer, its status, and AWS's request id. Headers, bodies and
//! their values are never logged.
use crate::budgets::is_read;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef},
        },
        orchestrator::{HttpResponse, Metadata},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use tokio::time::Instant;
use tracing::{debug, info};

/// The response headers with AWS's request id.
const REQUEST_IDS: &[&str] = &["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"];

/// The time when the request was sent.
#[derive(Debug)]
struct Sent(Instant);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

/// Logs every call.
#[derive(Debug)]
pub(crate) struct Telling;

impl Intercept for Telling {
    fn name(&self) -> &'static str {
        "VidpipeTelling"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        cfg.interceptor_state().store_put(Sent(Instant::now()));
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = cfg.load::<Metadata>() else { return Ok(()) };
        let (service, action) = (call.service(), call.name());
        let ms = cfg.load::<Sent>().map(|sent| u64::try_from(sent.0.elapsed().as_millis()).unwrap_or(u64::MAX));
        let status = context.response().map(|answer| answer.status().as_u16());
        let request_id = context.response().and_then(request_id);
        let answered = context.output_or_error().is_some_and(|answer| answer.is_ok());
        if is_read(action) {
            debug!(service, action, answered, status, request_id, ms, "called");
        } else {
            info!(service, action, answered, status, request_id, ms, "called");
        }
        Ok(())
    }
}

fn request_id(answer: &HttpResponse) -> Option<&str> {
    REQUEST_IDS.iter().find_map(|name| answer.headers().get(*name))
}
