//! A request to an API of ours, as its callers send it: over the HTTP client that carries AWS's own calls, and signed by
//! nobody. To another endpoint it goes under the API's own host name.
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
/// An API gives its backend 29 s.
const READ: Duration = Duration::from_secs(30);

/// Where the last call of the client it is given to went, and over what.
#[derive(Clone, Debug, Default)]
pub(super) struct Carrier(Arc<OnceLock<(RuntimeComponents, String)>>);

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
    /// The status of the answer to a GET of that URL, with that API key.
    ///
    /// # Errors
    /// When there is no answer. The error holds neither the request nor the key.
    pub(super) async fn get(&self, url: &str, key: Option<&str>) -> Result<u16> {
        let doing = |what: &str| Error::new(Class::Unclear, format!("GET {url}: {what}"));
        let (components, asked) = self.0.get().ok_or_else(|| doing("no call of AWS was made before"))?;
        let client = components.http_client().ok_or_else(|| doing("there is no HTTP client"))?;
        let request = request(url, asked, key).ok_or_else(|| doing("it is no URL"))?;
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(READ).build();
        let answer = client.http_connector(&settings, components).call(request).await;
        // Without the cause: it could show the request, and so the key.
        answer.map(|answer| answer.status().as_u16()).map_err(|_| doing("there was no answer"))
    }
}

fn request(url: &str, asked: &str, key: Option<&str>) -> Option<HttpRequest> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let (scheme, rest) = asked.split_once("://")?;
    let asked_host = rest.split(['/', '?']).next()?;
    let own = asked_host.ends_with(".amazonaws.com") || asked_host.ends_with(".amazonaws.com.cn");
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
        let elsewhere = request(API, "http://127.0.0.1:5000/apikeys/k?includeValue=true", None).expect("a URL");
        assert_eq!(elsewhere.uri(), "http://127.0.0.1:5000/prod/health");
        assert_eq!(elsewhere.headers().get("host"), Some("a1.execute-api.us-east-1.amazonaws.com"));
        assert_eq!(elsewhere.headers().get("x-api-key"), None);
    }

    #[test]
    fn what_is_no_url_is_not_asked() {
        for url in ["http://a/b", "https://a", "prod/health"] {
            assert!(request(url, "https://apigateway.us-east-1.amazonaws.com/", None).is_none(), "{url}");
        }
    }
}
