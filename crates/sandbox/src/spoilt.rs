//! Answers that are damaged on their way after the call was performed. The SDK's own deserialiser reads the partial,
//! empty or foreign body, so the result is the SDK's own.

use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

use crate::faults::{Codeless, Fault};
use crate::service::Service;
use crate::store::SavedRequest;
use crate::wire::{done, refuse};

/// The error page of a load balancer or proxy.
const PAGE: &str = "<html><head><title>Service Unavailable</title></head><body><center><h1>Service Unavailable</h1>\
                    </center><hr></body></html>";

/// The damaged response, if the fault delivers any.
pub(crate) fn arrives(
    fault: Fault,
    (service, operation): (&Service, &str),
    request: &SavedRequest,
    good: &HttpResponse,
) -> Option<HttpResponse> {
    let body = good.body().bytes().unwrap_or_default();
    Some(match fault {
        Fault::Truncated => with(good, body[..body.len() / 2].to_vec()),
        Fault::Emptied => with(good, Vec::new()),
        Fault::Page => page(200),
        Fault::ErrorPage => page(500),
        Fault::Hidden => done(request, operation),
        Fault::Codeless(error) => codeless(error),
        _ => refuse(request, service.protocol, &fault.refusal(&service.codes, request)?),
    })
}

/// The result of the SDK's deserialiser for the response.
pub(crate) fn read(response: &HttpResponse, cfg: &ConfigBag) -> Option<Result<Output, OrchestratorError<Error>>> {
    let deserializer = cfg.load::<SharedResponseDeserializer>()?;
    Some(deserializer.deserialize_nonstreaming_with_config(response, cfg))
}

/// The response for an error without a code.
pub(crate) fn codeless(error: Codeless) -> HttpResponse {
    let mut response = page(error.status);
    if !error.page {
        *response.body_mut() = SdkBody::empty();
        response.headers_mut().remove("content-type");
    }
    response
}

/// The response with another body.
fn with(good: &HttpResponse, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::new(good.status(), SdkBody::from(body));
    for (name, value) in good.headers().iter() {
        response.headers_mut().insert(name.to_owned(), value.to_owned());
    }
    response
}

fn page(status: u16) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status code");
    let mut response = HttpResponse::new(status, SdkBody::from(PAGE));
    response.headers_mut().insert("content-type", "text/html");
    response
}
