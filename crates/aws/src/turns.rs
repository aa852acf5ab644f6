//! Every call to AWS takes its turn: it waits until the budgets of its API action allow it, is then sent, and has so long
//! to be answered. The SDK's own limit on an attempt would count that wait too, so the limit is here.
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

/// The API action a request is for.
#[derive(Clone, Debug)]
struct Action {
    service: String,
    name: String,
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
        if let Some(call) = cfg.load::<Metadata>() {
            let action = Action { service: call.service().to_owned(), name: call.name().to_owned() };
            context.request_mut().add_extension(action);
        }
        Ok(())
    }
}

/// An HTTP client that sends each request when it is its turn.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    inner: SharedHttpClient,
    /// `None` where nobody counts.
    budgets: Option<Arc<Budgets>>,
}

impl Turns {
    /// Requests go to that client, at once where calls are not metered.
    pub(crate) fn before(inner: SharedHttpClient, metered: bool) -> SharedHttpClient {
        SharedHttpClient::new(Self { inner, budgets: metered.then(Arc::default) })
    }
}

impl HttpClient for Turns {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, budgets: self.budgets.clone() })
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
    budgets: Option<Arc<Budgets>>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, budgets) = (self.inner.clone(), self.budgets.clone());
        HttpConnectorFuture::new(async move {
            let Some(action) = request.extension::<Action>().cloned() else { return sent(&inner, request).await };
            if let Some(budgets) = &budgets {
                take(budgets, &action).await;
            }
            if looks(&action.name) {
                in_turn_to_look(None).await;
            }
            let began = Instant::now();
            let answer = sent(&inner, request).await;
            answered(format!("{} {}", action.service, action.name), began.elapsed());
            if let (Some(budgets), Ok(answer)) = (&budgets, &answer)
                && !answer.status().is_success()
                && answer.body().bytes().is_some_and(speaks_of_throttling)
            {
                slow_down(budgets, &action);
            }
            answer
        })
    }
}

/// Wait for the turn.
async fn take(kept: &Budgets, action: &Action) {
    let all = budgets(&action.service, &action.name).into_iter();
    let taken = all.map(|(budget, rate)| (kept.take(&budget, rate), budget));
    if let Some((pause, budget)) = taken.max().filter(|(pause, _)| !pause.is_zero()) {
        in_turn(budget, pause).await;
    }
}

fn slow_down(kept: &Budgets, action: &Action) {
    for (budget, _) in budgets(&action.service, &action.name) {
        kept.throttled(&budget);
    }
}

/// Send it, and read the whole answer: all that AWS answers us with is short.
async fn sent(connector: &SharedHttpConnector, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let whole = async {
        let mut answer = connector.call(request).await?;
        if answer.body().bytes().is_none() {
            let body = std::mem::replace(answer.body_mut(), SdkBody::taken());
            let read = ByteStream::new(body).collect().await.map_err(|e| ConnectorError::io(e.into()))?;
            *answer.body_mut() = SdkBody::from(read.into_bytes());
        }
        Ok(answer)
    };
    let late = |_| Err(ConnectorError::timeout(format!("no answer within {} s", ANSWER.as_secs()).into()));
    timeout(ANSWER, whole).await.unwrap_or_else(late)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;

    #[derive(Debug)]
    struct Silent;

    impl HttpConnector for Silent {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            HttpConnectorFuture::new(pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_never_comes_is_given_up() {
        let began = Instant::now();
        let answer = sent(&SharedHttpConnector::new(Silent), HttpRequest::empty()).await;
        assert!(answer.is_err_and(|e| e.is_timeout()));
        assert_eq!(began.elapsed(), ANSWER);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_beyond_its_budget_waits_and_a_throttled_budget_waits_longer() {
        let (kept, began) = (Budgets::default(), Instant::now());
        let action = Action { service: "API Gateway".into(), name: "DeleteRestApi".into() };
        take(&kept, &action).await;
        assert!(began.elapsed().is_zero());
        take(&kept, &action).await;
        let once = began.elapsed();
        assert!(once >= Duration::from_secs(30), "{once:?}");
        slow_down(&kept, &action);
        take(&kept, &action).await;
        assert!(began.elapsed() - once > once, "{:?}", began.elapsed());
    }
}
