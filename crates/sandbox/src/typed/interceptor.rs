//! Carries a call's input past the rules on its way out, and its output on its way back.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextMut,
    Output,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use super::rule::{Captured, Rule, Step};
use crate::sandbox::Shared;
use crate::wire::{Directive, region_of};

/// The rules that are about this call, each with its copy of the input.
struct Matched {
    inputs: Vec<(usize, Captured)>,
    region: Mutex<String>,
    answer: Mutex<Option<Output>>,
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
pub(crate) struct Interceptor {
    shared: Arc<Shared>,
    rules: Vec<Rule>,
}

impl Interceptor {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let rules = super::rules();
        Self { shared, rules }
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
        let inputs = (self.rules.iter().enumerate())
            .filter_map(|(index, rule)| Some((index, rule.capture(context.input())?)))
            .collect();
        cfg.interceptor_state().store_put(Call(Arc::new(Matched {
            inputs,
            region: Mutex::default(),
            answer: Mutex::default(),
        })));
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let region = region_of(context.request().uri());
        let mut directive = Directive::default();
        if let Some(metadata) = cfg.load::<Metadata>() {
            directive.service = metadata.service().to_owned();
            directive.operation = metadata.name().to_owned();
        }
        if let Some(Call(call)) = cfg.load::<Call>() {
            let answer = match self.decide(call, &region) {
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
            };
            *lock(&call.answer) = answer;
            *lock(&call.region) = region;
        }
        context.request_mut().add_extension(directive);
        Ok(())
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(Call(call)), Some(result)) = (cfg.load::<Call>(), context.output_or_error_mut()) else {
            return Ok(());
        };
        if let Some(answer) = lock(&call.answer).take() {
            *result = Ok(answer);
        }
        let Ok(output) = result else {
            return Ok(());
        };
        let region = lock(&call.region).clone();
        self.shared.with(&region, |context| {
            for (index, input) in &call.inputs {
                self.rules[*index].after(context, input, output);
            }
        });
        Ok(())
    }
}
