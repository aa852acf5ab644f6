//! An unsigned request to our own API, sent as its callers do, over the HTTP client of the AWS calls. At an emulated
//! endpoint it is sent to the endpoint's address with the API's host name.
use crate::service_endpoints::is_of_aws;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorSettings},
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextRef},
        orchestrator::HttpRequest,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use vidpipe_engine::{Class, Error, Result};

const CONNECT: Duration = Duration::from_secs(3);
/// API Gateway's integration timeout is 29 s.
const READ: Duration = Duration::from_secs(30);

/// The endpoint and the runtime components of the first call that this interceptor sees.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carrier(Arc<OnceLock<(RuntimeComponents, String)>>);

impl Intercept for Carrier {
    fn name(&self) -> &'static str {
        "VidpipeCarrier"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let _ = self.0.set((components.clone(), context.request().uri().to_owned()));
        Ok(())
    }
}

impl Carrier {
    /// Sends a GET to this URL, with this API key, and returns the status.
    ///
    /// # Errors
    /// When there is no answer. The error contains neither the request nor the key.
    pub(crate) async fn get(&self, url: &str, key: Option<&str>) -> Result<u16> {
        let doing = |what: &str| Error::new(Class::Unclear, format!("GET {url}: {what}"));
        let (components, asked) = self.0.get().ok_or_else(|| doing("no call of AWS was made before"))?;
        let client = components.http_client().ok_or_else(|| doing("there is no HTTP client"))?;
        let request = request(url, asked, key).ok_or_else(|| doing("it is no URL"))?;
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(READ).build();
        let answer = client.http_connector(&settings, components).call(request).await;
        // Drops the cause: it could contain the request, and so the key.
        answer.map(|answer| answer.status().as_u16()).map_err(|_| doing("there was no answer"))
    }
}

fn request(url: &str, asked: &str, key: Option<&str>) -> Option<HttpRequest> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let (scheme, rest) = asked.split_once("://")?;
    let asked_host = rest.split(['/', '?']).next()?;
    let own = is_of_aws(asked);
    let url = if own { url.to_owned() } else { format!("{scheme}://{asked_host}/{path}") };
    let mut request = HttpRequest::get(url).ok()?;
    if !own {
        request.headers_mut().insert("host", host.to_owned());
    }
    if let Some(key) = key {
        request.headers_mut().try_insert("x-api-key", key.to_owned()).ok()?;
    }
    Some(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "https://a1.execute-api.us-east-1.amazonaws.com/prod/health";

    #[test]
    fn aws_is_asked_at_the_apis_own_url_and_another_endpoint_at_its_address() {
        let at_aws =
            request(API, "https://apigateway.us-east-1.amazonaws.com/apikeys/k", Some("secret")).expect("a URL");
        assert_eq!((at_aws.uri(), at_aws.headers().get("host")), (API, None));
        assert_eq!(at_aws.headers().get("x-api-key"), Some("secret"));
        let emulated = request(API, "http://127.0.0.1:5000/apikeys/k?includeValue=true", None).expect("a URL");
        assert_eq!(emulated.uri(), "http://127.0.0.1:5000/prod/health");
        assert_eq!(emulated.headers().get("host"), Some("a1.execute-api.us-east-1.amazonaws.com"));
        assert_eq!(emulated.headers().get("x-api-key"), None);
    }

    #[test]
    fn what_is_no_url_is_not_asked() {
        for url in ["http://a/b", "https://a", "prod/health"] {
            assert!(request(url, "https://apigateway.us-east-1.amazonaws.com/", None).is_none(), "{url}");
        }
    }
}
