//! Typed rules: functions before or after one operation.

use std::any::Any;
use std::fmt;

use aws_smithy_runtime_api::client::interceptors::context::{Input, Output};

use crate::context::{Context, Refusal, Removal};

/// The decision of a rule before the call.
#[derive(Debug)]
pub(crate) enum Step<O> {
    /// Leaves the answer to the next rule, and at the end to the backend.
    Pass,
    /// Answers without calling the backend.
    Answer(O),
    /// Refuses with AWS's error code.
    Refuse(Refusal),
    /// Answers now, and sends the request when the removal is due.
    Postpone(Removal, O),
}

impl<O> Step<O> {
    fn map<P>(self, f: impl FnOnce(O) -> P) -> Step<P> {
        match self {
            Self::Pass => Step::Pass,
            Self::Answer(output) => Step::Answer(f(output)),
            Self::Refuse(refusal) => Step::Refuse(refusal),
            Self::Postpone(removal, output) => Step::Postpone(removal, f(output)),
        }
    }
}

/// A captured input, kept from serialization until the answer arrives.
pub(crate) type Captured = Box<dyn Any + Send + Sync>;

type Before = Box<dyn Fn(&mut Context<'_>, &Captured) -> Step<Output> + Send + Sync>;
type After = Box<dyn Fn(&mut Context<'_>, &Captured, &mut Output) + Send + Sync>;

enum Moment {
    Before(Before),
    After(After),
}

/// A rule with erased types.
pub(crate) struct Rule {
    capture: fn(&Input) -> Option<Captured>,
    moment: Moment,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").finish_non_exhaustive()
    }
}

impl Rule {
    /// A copy of the input, if the rule matches this operation.
    pub(crate) fn capture(&self, input: &Input) -> Option<Captured> {
        (self.capture)(input)
    }

    /// The decision of the rule before the call; rules on the output pass.
    pub(crate) fn before(&self, context: &mut Context<'_>, input: &Captured) -> Step<Output> {
        match &self.moment {
            Moment::Before(decide) => decide(context, input),
            Moment::After(_) => Step::Pass,
        }
    }

    /// Applies the rule to the output; rules on the input do nothing.
    pub(crate) fn after(&self, context: &mut Context<'_>, input: &Captured, output: &mut Output) {
        if let Moment::After(change) = &self.moment {
            change(context, input, output);
        }
    }
}

fn capture<I: Clone + fmt::Debug + Send + Sync + 'static>(input: &Input) -> Option<Captured> {
    (input.downcast_ref::<I>()).map(|input| Box::new(input.clone()) as Captured)
}

/// A rule that decides before the call.
pub(crate) fn before<I, O>(decide: fn(&mut Context<'_>, &I) -> Step<O>) -> Rule
where
    I: Clone + fmt::Debug + Send + Sync + 'static,
    O: fmt::Debug + Send + Sync + 'static,
{
    Rule {
        capture: capture::<I>,
        moment: Moment::Before(Box::new(move |context, input| match input.downcast_ref::<I>() {
            Some(input) => decide(context, input).map(Output::erase),
            None => Step::Pass,
        })),
    }
}

/// A rule that changes or records a successful output.
pub(crate) fn after<I, O>(change: fn(&mut Context<'_>, &I, &mut O)) -> Rule
where
    I: Clone + fmt::Debug + Send + Sync + 'static,
    O: fmt::Debug + Send + Sync + 'static,
{
    Rule {
        capture: capture::<I>,
        moment: Moment::After(Box::new(move |context, input, output| {
            if let (Some(input), Some(output)) = (input.downcast_ref::<I>(), output.downcast_mut::<O>()) {
                change(context, input, output);
            }
        })),
    }
}
