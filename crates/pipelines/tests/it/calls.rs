//! The calls made, as the SDK's clients see them; and calls that are refused on purpose.
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                BeforeDeserializationInterceptorContextMut, BeforeSerializationInterceptorContextRef,
                FinalizerInterceptorContextMut, FinalizerInterceptorContextRef,
            },
        },
        orchestrator::{HttpResponse, Metadata},
        runtime_components::RuntimeComponents,
        ser_de::{DeserializeResponse, SharedResponseDeserializer},
    },
    http::StatusCode,
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// Number of successful calls per operation, by `Service Operation`.
pub(crate) type Counts = BTreeMap<String, usize>;

/// Counts the successful operations that are not reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<Mutex<Counts>>, Arc<Mutex<Vec<Asked>>>);

/// An operation, and the fields set in its request.
pub(crate) type Asked = (String, Vec<String>);

/// The fields set in a request, by the names in the SDK's debug output.
fn set(request: &str) -> Vec<String> {
    let (mut depth, mut fields, mut word) = (0, Vec::new(), String::new());
    for (at, c) in request.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            ':' if depth == 1 && request[at..].starts_with(": Some(") => fields.push(std::mem::take(&mut word)),
            c if c.is_alphanumeric() || c == '_' => word.push(c),
            _ => {}
        }
        if !(c.is_alphanumeric() || c == '_') {
            word.clear();
        }
    }
    fields
}

impl Calls {
    /// The mutating calls since the last call.
    pub(crate) fn take(&self) -> Counts {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The modifications requested since the last call.
    pub(crate) fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.1.lock().unwrap())
    }

    /// The calls that create something, since the last call.
    pub(crate) fn take_creates(&self) -> Counts {
        let makes = |call: &str| {
            let operation = call.split(' ').next_back().unwrap_or_default();
            ["Create", "Run", "Allocate", "Register", "Put", "Import"].iter().any(|verb| operation.starts_with(verb))
        };
        self.take().into_iter().filter(|(call, _)| makes(call)).collect()
    }
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "Calls"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = cfg
            .load::<Metadata>()
            .filter(|call| call.name().starts_with("Modify") || call.name().starts_with("Update"))
        else {
            return Ok(());
        };
        let rendered = format!("{:?}", context.input());
        let request = rendered.find('{').map_or("", |at| &rendered[at..]);
        self.1.lock().unwrap().push((call.name().to_owned(), set(request)));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(Ok(_)), Some(call)) = (context.output_or_error(), cfg.load::<Metadata>()) else { return Ok(()) };
        if !["Get", "List", "Describe"].iter().any(|verb| call.name().starts_with(verb)) {
            *self.0.lock().unwrap().entry(format!("{} {}", call.service(), call.name())).or_default() += 1;
        }
        Ok(())
    }
}

/// Replaces every response to that operation with a refusal, although the call was executed.
#[derive(Debug)]
pub(crate) struct Refusing(pub(crate) &'static str);

impl Intercept for Refusing {
    fn name(&self) -> &'static str {
        "Refusing"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = cfg.load::<Metadata>().filter(|call| call.name() == self.0) else { return Ok(()) };
        let body = match call.service() {
            "RDS" => {
                "<ErrorResponse><Error><Code>InvalidParameterValue</Code><Message>no</Message></Error></ErrorResponse>"
            }
            _ => r#"{"__type": "InvalidParameterValue", "message": "no"}"#,
        };
        let mut refusal = HttpResponse::new(StatusCode::try_from(400)?, SdkBody::from(body));
        refusal.headers_mut().insert("x-amzn-errortype", "InvalidParameterValue");
        *context.response_mut() = refusal;
        Ok(())
    }
}

/// Makes every call of that operation fail before it is sent.
#[derive(Debug)]
pub(crate) struct Unanswered(pub(crate) &'static str);

impl Intercept for Unanswered {
    fn name(&self) -> &'static str {
        "Unanswered"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match cfg.load::<Metadata>().is_some_and(|call| call.name() == self.0) {
            true => Err("no answer".into()),
            false => Ok(()),
        }
    }
}

/// Replaces every response to that operation with an empty one.
#[derive(Debug)]
pub(crate) struct Emptied(pub(crate) &'static str, pub(crate) &'static str);

impl Intercept for Emptied {
    fn name(&self) -> &'static str {
        "Emptied"
    }

    /// Runs after the sandbox, which produces some results without a response.
    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if cfg.load::<Metadata>().is_none_or(|call| call.name() != self.0) {
            return Ok(());
        }
        let answer = HttpResponse::new(StatusCode::try_from(200)?, SdkBody::from(self.1));
        let reads = cfg.load::<SharedResponseDeserializer>().ok_or("an operation reads its answers")?;
        let read = reads.deserialize_nonstreaming_with_config(&answer, cfg);
        if let Some(result) = context.output_or_error_mut() {
            *result = read;
        }
        Ok(())
    }
}
