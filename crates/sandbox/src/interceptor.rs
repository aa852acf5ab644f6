//! The outer layer: SDK interceptors that see the typed input and the typed output of a call.
//!
//! Passes the input of a call to the rules on its way out, and its output on its way back.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut, Error,
    FinalizerInterceptorContextMut, Input, Output,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use tokio::time::Instant;

use crate::client::{Arrival, Directive};
use crate::endpoint::region_of;
use crate::faults::{Asked, Fault, When, is_read};
use crate::log::{self, Fate, Id};
use crate::shared::Shared;
use crate::spoilt;
use crate::store::SavedRequest;
use crate::typed::{Captured, Rule, Step};
use crate::wire::save;

/// The rules that match this call, each with its copy of the input.
struct Matched {
    inputs: Vec<(usize, Captured)>,
    /// The place of the id and the request in its debug form, if the operation creates a resource.
    creates: Option<(&'static Id, String)>,
    attempt: Mutex<Attempt>,
}

/// One attempt at the call.
#[derive(Default)]
struct Attempt {
    service: String,
    operation: String,
    region: String,
    answer: Option<Output>,
    fault: Option<Fault>,
    /// The request, if the fault affects its answer.
    saved: Option<SavedRequest>,
}

#[derive(Clone)]
struct Call(Arc<Matched>);

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}

impl Storable for Call {
    type Storer = StoreReplace<Self>;
}

/// The typed layer of one sandbox.
#[derive(Debug)]
pub(crate) struct Interceptor(Arc<Layer>);

#[derive(Debug)]
struct Layer {
    shared: Arc<Shared>,
    rules: Vec<Rule>,
    /// The indices of the rules that match an operation, filled on its first call.
    about: Mutex<HashMap<Operation, Arc<[usize]>>>,
}

/// A service and the name of one of its operations.
type Operation = (String, String);

impl Interceptor {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let rules = shared.services.typed_rules();
        Self(Arc::new(Layer { shared, rules, about: Mutex::default() }))
    }
}

impl Layer {
    /// Decides on a request when it arrives.
    fn arrive(&self, call: &Matched, request: &HttpRequest) -> Directive {
        let mut attempt = std::mem::take(&mut *lock(&call.attempt));
        attempt.fault = self.fault(&attempt);
        attempt.saved = attempt.fault.filter(|fault| fault.when() == When::After).map(|_| save(request));
        let mut directive = Directive {
            service: attempt.service.clone(),
            operation: attempt.operation.clone(),
            fault: attempt.fault.filter(|fault| fault.when() == When::Before || *fault == Fault::Late),
            ..Directive::default()
        };
        let strikes_first = attempt.fault.is_some_and(|fault| fault.when() == When::Before);
        if !strikes_first && !self.shared.is_dead() {
            attempt.answer = self.ask(call, &attempt.region, &mut directive);
        }
        *lock(&call.attempt) = attempt;
        directive
    }

    /// Copies the input for every rule that matches it.
    fn capture(&self, metadata: &Metadata, input: &Input) -> Vec<(usize, Captured)> {
        let operation = (metadata.service().to_owned(), metadata.name().to_owned());
        let copies = |rules: &mut dyn Iterator<Item = usize>| {
            rules.filter_map(|index| Some((index, self.rules[index].capture(input)?))).collect::<Vec<_>>()
        };
        if let Some(about) = lock(&self.about).get(&operation) {
            return copies(&mut about.iter().copied());
        }
        let inputs = copies(&mut (0..self.rules.len()));
        lock(&self.about).insert(operation, inputs.iter().map(|(index, _)| *index).collect());
        inputs
    }

    /// Chooses the fault of this attempt.
    fn fault(&self, attempt: &Attempt) -> Option<Fault> {
        let conditions = self.shared.conditions();
        let Attempt { service, operation, region, .. } = attempt;
        let (changes, budget) = (!is_read(operation), self.shared.services.named(service).budget);
        self.shared.with(region, |context| {
            let number = context.store.count("calls");
            let change = if changes { context.store.count("changes") } else { 0 };
            if conditions.budgets && !context.is_within_budget(service, &budget(operation)) {
                return Some(Fault::Throttled);
            }
            let asked = Asked { service, operation, changes, number, change };
            conditions.weather.as_ref().and_then(|weather| weather.of(&asked))
        })
    }

    /// The decision of the rules: an answer, or a directive for the wire layer.
    fn ask(&self, call: &Matched, region: &str, directive: &mut Directive) -> Option<Output> {
        match self.decide(call, region) {
            Step::Pass => None,
            Step::Answer(output) => {
                directive.answered = true;
                Some(output)
            }
            Step::Refuse(refusal) => {
                directive.refusal = Some(refusal);
                None
            }
            Step::Postpone(removal, output) => {
                directive.removal = Some(removal);
                Some(output)
            }
        }
    }

    fn decide(&self, call: &Matched, region: &str) -> Step<Output> {
        self.shared.with(region, |context| {
            for (index, input) in &call.inputs {
                match self.rules[*index].before(context, input) {
                    Step::Pass => {}
                    decided => return decided,
                }
            }
            Step::Pass
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Intercept for Interceptor {
    fn name(&self) -> &'static str {
        "VidpipeSandbox"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(metadata) = cfg.load::<Metadata>() else { return Ok(()) };
        let inputs = self.0.capture(metadata, context.input());
        let id = self.0.shared.services.named(metadata.service()).created_by(metadata.name());
        let creates = id.map(|id| (id, format!("{:?}", context.input())));
        cfg.interceptor_state().store_put(Call(Arc::new(Matched { inputs, creates, attempt: Mutex::default() })));
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(metadata), Some(Call(call))) = (cfg.load::<Metadata>(), cfg.load::<Call>()) else { return Ok(()) };
        *lock(&call.attempt) = Attempt {
            service: metadata.service().to_owned(),
            operation: metadata.name().to_owned(),
            region: region_of(context.request().uri()),
            ..Attempt::default()
        };
        let (layer, call) = (Arc::clone(&self.0), Arc::clone(call));
        context.request_mut().add_extension(Arrival::new(move |request| layer.arrive(&call, request)));
        Ok(())
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Call(call)) = cfg.load::<Call>() else {
            return Ok(());
        };
        let Attempt { service, operation, region, answer, fault, saved } = std::mem::take(&mut *lock(&call.attempt));
        let Some(result) = context.output_or_error_mut() else {
            return Ok(());
        };
        if let Some(answer) = answer {
            *result = Ok(answer);
        }
        if let Ok(output) = result {
            self.0.shared.with(&region, |context| {
                for (index, input) in &call.inputs {
                    self.0.rules[*index].after(context, input, output);
                }
            });
            if let Some((id, request)) = &call.creates {
                self.0.shared.log().note(&region, &operation, id, request, &format!("{output:?}"));
            }
        }
        let fate = match (&result, fault) {
            (_, Some(fault)) => Fate::Faulted(fault),
            (Ok(_), None) => Fate::Done,
            (Err(error), None) => Fate::Refused(code(error)),
        };
        self.0.shared.log().calls.push(log::Call {
            at: Instant::now(),
            service: service.clone(),
            operation: operation.clone(),
            fate,
        });
        if let Some(fault) = fault.filter(|fault| fault.when() == When::After) {
            if fault == Fault::CutAfter {
                self.0.shared.die();
            }
            let saved = saved.unwrap_or_default();
            let service = self.0.shared.services.named(&service);
            let arrived =
                context.response().and_then(|good| spoilt::arrives(fault, (service, &operation), &saved, good));
            let heard = arrived.as_ref().and_then(|response| spoilt::read(response, cfg));
            if let (Some(arrived), Some(response)) = (arrived, context.response_mut()) {
                *response = arrived;
            }
            if let Some(result) = context.output_or_error_mut() {
                *result = heard.unwrap_or_else(|| Err(fault.lost()));
            }
        }
        Ok(())
    }
}

/// The error code of AWS's refusal.
fn code(error: &OrchestratorError<Error>) -> String {
    let debug = format!("{error:?}");
    let code = debug.split("code: Some(\"").nth(1).and_then(|rest| rest.split('"').next());
    code.unwrap_or("unknown").to_owned()
}
