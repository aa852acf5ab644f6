//! The log for programs: one JSON object per line, with the fields of the enclosing spans.
use serde_json::{Map, Value, json};
use std::{fmt, io::Write};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id},
};
use tracing_subscriber::{
    Layer,
    fmt::{MakeWriter, writer::BoxMakeWriter},
    layer::Context,
    registry::LookupSpan,
};
use vidpipe_engine::Clock;

/// Writes each event as a JSON object.
pub(super) struct JsonLog {
    writer: BoxMakeWriter,
    clock: Clock,
}

impl JsonLog {
    pub(super) fn new(writer: BoxMakeWriter, clock: Clock) -> Self {
        Self { writer, clock }
    }
}

/// The fields of an event, or of a span.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name().into(), json!(format!("{value:?}")));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), json!(value));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), json!(value));
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().into(), json!(value));
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().into(), json!(value));
    }
}

impl<S> Layer<S> for JsonLog
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut line = Map::new();
        line.insert("at".into(), json!(self.clock.now()));
        line.insert("level".into(), json!(event.metadata().level().as_str().to_lowercase()));
        line.insert("target".into(), json!(event.metadata().target()));
        line.append(&mut fields.0);
        for span in context.event_scope(event).into_iter().flatten() {
            let extensions = span.extensions();
            let own = extensions.get::<Fields>().map(|fields| fields.0.clone()).unwrap_or_default();
            line.insert(span.name().into(), Value::Object(own));
        }
        // A failure to log does not end the program.
        let line = vidpipe_text::json(&Value::Object(line).to_string()) + "\n";
        let _ = self.writer.make_writer().write_all(line.as_bytes());
    }
}
