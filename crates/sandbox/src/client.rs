//! The inner layer: the HTTP client between the SDK and winterbaume.
//!
//! It routes requests, carries out due removals, applies the wire rules, and writes refusals in the protocol of the
//! caller. Faults that strike before the call is performed strike here.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::Value;
use winterbaume_core::MockResponse;

use crate::context::Removal;
use crate::endpoint::region_of;
use crate::faults::Fault;
use crate::refusal::Refusal;
use crate::service::Service;
use crate::shared::Shared;
use crate::spoilt;
use crate::store::SavedRequest;
use crate::wire::{self, Ask, Corrected, Moment, Protocol, RuleIndex, Verdict, refuse, save};

/// The decision of the typed layer for the wire layer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directive {
    pub(crate) service: String,
    pub(crate) operation: String,
    /// Whether the typed layer already has the answer.
    pub(crate) answered: bool,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) removal: Option<Removal>,
    /// The fault that strikes before the call is performed, or delays it.
    pub(crate) fault: Option<Fault>,
}

/// Decides on a request when it arrives at the wire layer, which may be long after it was sent.
#[derive(Clone)]
pub(crate) struct Arrival(Arc<dyn Fn(&HttpRequest) -> Directive + Send + Sync>);

impl Arrival {
    pub(crate) fn new(decide: impl Fn(&HttpRequest) -> Directive + Send + Sync + 'static) -> Self {
        Self(Arc::new(decide))
    }
}

/// The wire layer of one sandbox.
#[derive(Clone)]
pub(crate) struct Client {
    shared: Arc<Shared>,
    rules: Arc<RuleIndex>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// A request in the wire layer.
struct Exchange {
    directive: Directive,
    region: String,
    saved: SavedRequest,
    ask: Ask,
}

impl Client {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let rules = Arc::new(RuleIndex::new(shared.services.wire_rules()));
        Self { shared, rules }
    }

    fn rules<'a>(&'a self, exchange: &'a Exchange) -> impl Iterator<Item = &'a Moment> {
        self.rules.about(&exchange.directive.service, &exchange.ask.operation)
    }

    fn service(&self, exchange: &Exchange) -> &'static Service {
        self.shared.services.named(&exchange.directive.service)
    }

    fn refuse(&self, exchange: &Exchange, refusal: &Refusal) -> HttpResponse {
        refuse(&exchange.saved, self.service(exchange).protocol, refusal)
    }

    /// Carries out all due removals.
    pub(crate) async fn settle(&self) {
        for request in self.shared.due() {
            self.shared.backend(&request).await;
        }
    }

    /// Handles a request, applying its fault.
    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let directive = request.extension::<Arrival>().map(|arrival| (arrival.0)(&request)).unwrap_or_default();
        if directive.fault == Some(Fault::CutBefore) {
            self.shared.die();
        }
        if self.shared.is_dead() {
            return std::future::pending().await;
        }
        let service = self.shared.services.named(&directive.service);
        if directive.fault == Some(Fault::Unfound)
            && let Some((code, status)) = (service.unfound)(&directive.operation)
        {
            let refusal = Refusal::new(code, "There is no such thing.").status(status);
            return Ok(refuse(&save(&request), service.protocol, &refusal));
        }
        match directive.fault {
            None => {}
            Some(Fault::Codeless(error)) => return Ok(spoilt::codeless(error)),
            Some(Fault::Late) => self.shared.almost_time_out().await,
            Some(fault) => {
                let saved = save(&request);
                return match fault.refusal(&service.codes, &saved) {
                    Some(refusal) => Ok(refuse(&saved, service.protocol, &refusal)),
                    None => Err(fault.no_connection()),
                };
            }
        }
        Ok(self.answer(directive, &request).await)
    }

    async fn answer(&self, directive: Directive, request: &HttpRequest) -> HttpResponse {
        self.settle().await;
        let saved = save(request);
        // A request to something created in the sandbox, such as an API, not a call of AWS.
        if let Some((hosted, region)) = self.shared.services.hosting(&saved.uri) {
            let (status, body) = self.shared.with(region, |context| (hosted.answer)(context, &saved));
            return wire::response(status, "application/json", body);
        }
        let region = region_of(&saved.uri);
        let ask = Ask::read(&saved, &directive.operation);
        let mut exchange = Exchange { directive, region, saved, ask };
        self.shared.store(|store| store.visit(&exchange.region));
        if let Some(decided) = self.decided(&exchange) {
            return decided;
        }
        let verdict = self.verdict(&mut exchange);
        let body = match verdict {
            Verdict::Pass => return self.ask_backend(&mut exchange).await,
            Verdict::Refuse(refusal) => return self.refuse(&exchange, &refusal),
            Verdict::Answer(body) => body,
            Verdict::Postpone(removal, body) => {
                self.postpone(&exchange, removal);
                body
            }
        };
        self.dress(&exchange, body)
    }

    /// The answer the typed layer has decided on, if any.
    fn decided(&self, exchange: &Exchange) -> Option<HttpResponse> {
        let Directive { answered, refusal, removal, .. } = &exchange.directive;
        if let Some(refusal) = refusal {
            return Some(self.refuse(exchange, refusal));
        }
        if let Some(removal) = removal {
            self.postpone(exchange, removal.clone());
        } else if !answered {
            return None;
        }
        Some(wire::done(&exchange.saved, &exchange.ask.operation))
    }

    fn postpone(&self, exchange: &Exchange, removal: Removal) {
        let Some(lasting) = self.shared.clock().lasting(removal.seconds) else {
            return;
        };
        self.shared.store(|store| {
            store.begin(removal.name.clone(), removal.stage, lasting);
            store.postpone(removal.name, Some(exchange.saved.clone()), lasting);
        });
    }

    fn verdict(&self, exchange: &mut Exchange) -> Verdict {
        let mut ask = std::mem::take(&mut exchange.ask);
        exchange.ask.operation.clone_from(&ask.operation);
        let mut verdict = Verdict::Pass;
        for moment in self.rules(exchange) {
            if let Moment::Before(rule) = moment {
                verdict = (self.shared).with(&exchange.region, |context| rule(context, &mut ask));
            }
            if !matches!(verdict, Verdict::Pass) {
                break;
            }
        }
        exchange.ask = ask;
        verdict
    }

    async fn ask_backend(&self, exchange: &mut Exchange) -> HttpResponse {
        // Removals that the rules made due come first.
        self.settle().await;
        if !exchange.ask.form.is_empty() {
            exchange.saved.body = exchange.ask.encoded_form().into_bytes();
        }
        let answer = self.shared.backend(&exchange.saved).await;
        let body = String::from_utf8_lossy(&answer.body);
        if !(200..300).contains(&answer.status) {
            return self.refused(exchange, &answer, &body);
        }
        for moment in self.rules(exchange) {
            if let Moment::Text(rule) = moment
                && let Some(refusal) = rule(&exchange.ask, &body)
            {
                return self.refuse(exchange, &refusal);
            }
        }
        // These answers are also in headers, and a JSON body is a document of the user.
        if self.service(exchange).protocol == Protocol::RestXml {
            return response_of(answer);
        }
        let json = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&body) };
        match json {
            Ok(json) => self.dress(exchange, json),
            Err(_) => response_of(answer),
        }
    }

    /// The JSON answer after all rules.
    fn dress(&self, exchange: &Exchange, mut body: Value) -> HttpResponse {
        self.shared.with(&exchange.region, |context| {
            for moment in self.rules(exchange) {
                if let Moment::After(rule) = moment {
                    rule(context, &exchange.ask, &mut body);
                }
            }
        });
        let text = if body.is_null() { String::new() } else { body.to_string() };
        wire::response(200, "application/json", text)
    }

    fn refused(&self, exchange: &Exchange, answer: &MockResponse, body: &str) -> HttpResponse {
        let mut refusal = wire::read(answer, body);
        let before = refusal.clone();
        for moment in self.rules(exchange) {
            if let Moment::Refused(rule) = moment
                && rule(&exchange.ask, &mut refusal) == Corrected::Done
            {
                return wire::done(&exchange.saved, &exchange.ask.operation);
            }
        }
        // EC2 has its own error envelope, which winterbaume does not write: without it the SDK finds no code.
        if refusal == before && self.service(exchange).protocol != Protocol::Ec2Query {
            return response_of(answer.clone());
        }
        self.refuse(exchange, &refusal)
    }
}

fn response_of(answer: MockResponse) -> HttpResponse {
    let mut response = wire::response(answer.status, "text/plain", answer.body.to_vec());
    for (name, value) in &answer.headers {
        if let Ok(value) = value.to_str() {
            (response.headers_mut()).insert(name.as_str().to_owned(), value.to_owned());
        }
    }
    response
}

impl HttpConnector for Client {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.clone();
        HttpConnectorFuture::new(async move { client.carry(request).await })
    }
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
