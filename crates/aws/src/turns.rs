//! Every call to AWS takes its turn: it waits until the budgets of its API action allow it, is then signed and sent, and
//! has so long to be answered. The SDK's own limit on an attempt would count that wait too, so the limit is here.
//!
//! A signature is good for [five minutes](https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html),
//! and a wait may be longer: the turn is taken where the SDK asks for the identity to sign with.
use crate::{
    budgets::{budgets, looks},
    error::speaks_of_throttling,
};
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
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout};
use vidpipe_engine::{answered, in_turn, in_turn_to_look, pace::Budgets};

/// A call is answered within this, or it is not known what became of it; without it a lost packet hangs a call for minutes.
const ANSWER: Duration = Duration::from_secs(30);

const MIB: usize = 1 << 20;
/// No answer is longer. The longest that AWS documents for a call of ours are single megabytes, such as
/// [GetSecretValue's 64 KiB](https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html) or a page of
/// instance options.
const LONGEST: usize = 32 * MIB;

/// The API action a request is for.
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

/// Writes on every request which action it is for.
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

/// The turns of all calls of one connection.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    /// `None` where nobody counts.
    budgets: Option<Arc<Budgets>>,
}

impl Turns {
    /// Turns that these call budgets give, or none at all where calls are not metered.
    pub(crate) fn new(budgets: Option<Arc<Budgets>>) -> Self {
        Self { budgets }
    }

    /// Calls wait for their turn before they are signed with an identity from there.
    pub(crate) fn before(&self, inner: SharedIdentityCache) -> SharedIdentityCache {
        SharedIdentityCache::new(Signing { inner, turns: self.clone() })
    }

    /// Requests go to that client, and how they are answered counts for the turns of those that follow.
    pub(crate) fn watching(&self, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Sending { inner, turns: self.clone() })
    }

    /// Wait for the turn of a call to that action.
    async fn take(&self, action: &Action) {
        // First the turn within the run: what the account's budget has given is used at once.
        if looks(&action.name) {
            in_turn_to_look(None).await;
        }
        if let Some(kept) = &self.budgets {
            let all = budgets(&action.service, &action.name).into_iter();
            let taken = all.map(|(budget, rate)| (kept.take(&budget, rate), budget));
            if let Some((pause, budget)) = taken.max().filter(|(pause, _)| !pause.is_zero()) {
                in_turn(budget, pause).await;
            }
        }
    }

    /// AWS says of a call to that action, sent then, that there were too many.
    fn slow_down(&self, action: &Action, sent: Instant) {
        let Some(kept) = &self.budgets else { return };
        for (budget, _) in budgets(&action.service, &action.name) {
            kept.throttled(&budget, sent);
        }
    }
}

/// An identity cache that is asked when it is the call's turn.
#[derive(Debug)]
struct Signing {
    inner: SharedIdentityCache,
    turns: Turns,
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
                self.turns.take(&action).await;
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

/// An HTTP client that hears how each request is answered.
#[derive(Clone, Debug)]
struct Sending {
    inner: SharedHttpClient,
    turns: Turns,
}

impl HttpClient for Sending {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, turns: self.turns.clone() })
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
    turns: Turns,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, turns) = (self.inner.clone(), self.turns.clone());
        HttpConnectorFuture::new(async move {
            let Some(action) = request.extension::<Action>().cloned() else { return sent(&inner, request).await };
            let began = Instant::now();
            let answer = sent(&inner, request).await;
            answered(format!("{} {}", action.service, action.name), began.elapsed());
            if let Ok(answer) = &answer
                && !answer.status().is_success()
                && answer.body().bytes().is_some_and(speaks_of_throttling)
            {
                turns.slow_down(&action, began);
            }
            answer
        })
    }
}

/// Send it, and read the whole answer: all that AWS answers us with is short.
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

/// A whole body, and no more than [`LONGEST`] of it: what became of the call is then not known.
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
