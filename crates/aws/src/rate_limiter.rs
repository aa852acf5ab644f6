//! The rate limiter: each call waits until the budgets of its API action allow it, is then signed and sent, and must
//! be answered within a timeout. The SDK's own attempt timeout would include the wait, so the timeout is applied
//! here.
//!
//! A signature is valid for [five
//! minutes](https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html), and a wait may be longer:
//! the permit is acquired when the SDK resolves the identity to sign with.
use crate::{budgets::is_read, error::speaks_of_throttling};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connector_metadata::ConnectorMetadata,
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        identity::{IdentityFuture, ResolveCachedIdentity, SharedIdentityCache, SharedIdentityResolver},
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextMut},
        orchestrator::{HttpRequest, HttpResponse, Metadata},
        result::ConnectorError,
        runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    },
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream, config_bag::ConfigBag};
use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::time::{Instant, timeout};
use vidpipe_engine::{Budgets, Rate, acquire, acquire_read, answered};

/// The timeout of a call, after which its outcome is unknown. Without it a lost packet hangs a call for minutes.
const ANSWER: Duration = Duration::from_secs(30);

const MIB: usize = 1 << 20;
/// The size limit of an answer. The longest answers that AWS documents for the calls used are single megabytes, such
/// as [GetSecretValue's 64 KiB](https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html) or
/// a page of instance options.
const LONGEST: usize = 32 * MIB;

/// The API action of a request.
#[derive(Clone, Debug)]
struct Action {
    service: String,
    name: String,
}

impl Action {
    fn of(cfg: &ConfigBag) -> Option<Self> {
        let call = cfg.load::<Metadata>()?;
        Some(Self { service: call.service().to_owned(), name: call.name().to_owned() })
    }
}

/// Attaches its API action to every request.
#[derive(Debug)]
pub(crate) struct Naming;

impl Intercept for Naming {
    fn name(&self) -> &'static str {
        "VidpipeNaming"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(action) = Action::of(cfg) {
            context.request_mut().add_extension(action);
        }
        Ok(())
    }
}

/// The rate limiter of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct RateLimiter {
    /// Unset if the connection is not metered.
    metered: Arc<OnceLock<(Arc<Budgets>, BudgetsOf)>>,
    /// Unset if calls that change something are always permitted.
    pub(crate) permitted: Arc<OnceLock<Permitted>>,
}

/// Whether calls that change something may be sent now.
pub(crate) struct Permitted(pub(crate) Box<dyn Fn() -> bool + Send + Sync>);

impl fmt::Debug for Permitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permitted")
    }
}

/// The call budgets that a call to this action of this service counts against.
pub(crate) type BudgetsOf = fn(&str, &str) -> Vec<(String, Rate)>;

impl RateLimiter {
    /// From now on calls are metered against these budgets.
    pub(crate) fn count(&self, budgets: Arc<Budgets>, of: BudgetsOf) {
        self.metered.get_or_init(|| (budgets, of));
    }

    /// Wraps an identity cache: calls wait for a permit before they are signed.
    pub(crate) fn before(&self, inner: SharedIdentityCache) -> SharedIdentityCache {
        SharedIdentityCache::new(Signing { inner, rate_limiter: self.clone() })
    }

    /// Wraps an HTTP client: throttled answers slow down the calls that follow.
    pub(crate) fn watching(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Sending { inner, rate_limiter: self.clone() })
    }

    /// Waits for a permit for a call to this action.
    async fn take(&self, action: &Action) {
        // First the run's own limit: a permit from the account's budget must be used at once.
        if is_read(&action.name) {
            acquire_read(None).await;
        }
        if let Some((kept, of)) = self.metered.get() {
            let all = of(&action.service, &action.name).into_iter();
            let taken = all.map(|(budget, rate)| (kept.take(&budget, rate), budget));
            if let Some((pause, budget)) = taken.max().filter(|(pause, _)| !pause.is_zero()) {
                acquire(budget, pause).await;
            }
        }
    }

    /// Records that AWS throttled a call to this action, sent at this time.
    fn slow_down(&self, action: &Action, sent: Instant) {
        let Some((kept, of)) = self.metered.get() else { return };
        for (budget, _) in of(&action.service, &action.name) {
            kept.throttled(&budget, sent);
        }
    }
}

/// An identity cache that waits for a permit before it resolves.
#[derive(Debug)]
struct Signing {
    inner: SharedIdentityCache,
    rate_limiter: RateLimiter,
}

impl ResolveCachedIdentity for Signing {
    fn resolve_cached_identity<'a>(
        &'a self,
        resolver: SharedIdentityResolver,
        components: &'a RuntimeComponents,
        cfg: &'a ConfigBag,
    ) -> IdentityFuture<'a> {
        IdentityFuture::new(async move {
            if let Some(action) = Action::of(cfg) {
                self.rate_limiter.take(&action).await;
            }
            self.inner.resolve_cached_identity(resolver, components, cfg).await
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        cfg: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, cfg)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, cfg: &ConfigBag) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, cfg)
    }
}

/// An HTTP client that observes each answer.
#[derive(Clone, Debug)]
struct Sending {
    inner: SharedHttpClient,
    rate_limiter: RateLimiter,
}

impl HttpClient for Sending {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, rate_limiter: self.rate_limiter.clone() })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        cfg: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.inner.validate_base_client_config(components, cfg)
    }

    fn validate_final_config(&self, components: &RuntimeComponents, cfg: &ConfigBag) -> Result<(), BoxError> {
        self.inner.validate_final_config(components, cfg)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.connector_metadata()
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    rate_limiter: RateLimiter,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, rate_limiter) = (self.inner.clone(), self.rate_limiter.clone());
        HttpConnectorFuture::new(async move {
            let Some(action) = request.extension::<Action>().cloned() else { return sent(&inner, request).await };
            // Long after the call was begun: credentials may have been waited for, or the machine slept.
            let permitted = rate_limiter.permitted.get().is_none_or(|permitted| (permitted.0)());
            if !permitted && !is_read(&action.name) {
                return Err(ConnectorError::user("the run lost its environment before the call was sent".into()));
            }
            let began = Instant::now();
            let answer = sent(&inner, request).await;
            answered(format!("{} {}", action.service, action.name), is_read(&action.name), began.elapsed());
            if let Ok(answer) = &answer
                && !answer.status().is_success()
                && answer.body().bytes().is_some_and(speaks_of_throttling)
            {
                rate_limiter.slow_down(&action, began);
            }
            answer
        })
    }
}

/// Sends the request and reads the whole answer: all answers to our calls are short.
async fn sent(connector: &SharedHttpConnector, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let whole = async {
        let mut answer = connector.call(request).await?;
        let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
        *answer.body_mut() = SdkBody::from(read(body).await?);
        Ok(answer)
    };
    let late = |_| Err(ConnectorError::timeout(format!("no answer within {} s", ANSWER.as_secs()).into()));
    timeout(ANSWER, whole).await.unwrap_or_else(late)
}

/// Reads a whole body, up to [`LONGEST`]. Beyond that it fails, and the outcome of the call is unknown.
async fn read(body: SdkBody) -> Result<Vec<u8>, ConnectorError> {
    let (mut whole, mut stream) = (Vec::new(), ByteStream::new(body));
    while let Some(part) = stream.next().await {
        let part = part.map_err(|e| ConnectorError::io(e.into()))?;
        if whole.len() + part.len() > LONGEST {
            let long = format!("the answer is longer than {} MiB", LONGEST / MIB);
            return Err(ConnectorError::other(long.into(), None));
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests;
