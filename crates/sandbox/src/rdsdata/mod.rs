//! The Data API of Aurora. Winterbaume returns queued test results; here a small model of a database records the
//! executed statements: which tables exist, and the rows inserted into them. It is a crude model of PostgreSQL,
//! sufficient to tell whether a statement took effect, and evidence of nothing else.
//! <https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html>

mod cursor;
mod database;
mod laws;
mod tokens;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::backends::BackendOf;
use crate::context::{Context, Refusal};
use crate::document::text;
use crate::rds::{Cluster, clusters::identifier, databases};
use crate::service::{Rules, Service};
use crate::wire::{Ask, Verdict, WireRule};
use database::Database;

/// The Data API, as the SDK names it.
const SERVICE: &str = "RDS Data";

pub(crate) static RDS_DATA: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_rdsdata::RdsDataService>("rds-data")),
    laws: laws::laws,
    model: Rules::wire(rules),
    ..Service::new(SERVICE, "rdsdata")
};

fn rules() -> Vec<WireRule> {
    vec![WireRule::before(SERVICE, "ExecuteStatement", execute)]
}

/// An error of PostgreSQL.
#[derive(Debug, PartialEq, Eq)]
struct SqlError {
    state: &'static str,
    message: String,
}

impl SqlError {
    fn new(state: &'static str, message: impl Into<String>) -> Self {
        Self { state, message: message.into() }
    }

    fn syntax(near: &str) -> Self {
        Self::new("42601", format!("syntax error at or near \"{near}\""))
    }
}

impl From<SqlError> for Refusal {
    fn from(error: SqlError) -> Self {
        let SqlError { state, message } = error;
        Self::new("DatabaseErrorException", format!("ERROR: {message}; SQLState: {state}"))
    }
}

/// The parameters of a request, by name.
fn parameters(ask: &Ask) -> BTreeMap<String, String> {
    let given = ask.json["parameters"].as_array().into_iter().flatten();
    let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pair = |one: &Value| Some((text(one, "name").to_owned(), value(one["value"].as_object()?.values().next()?)));
    given.filter_map(pair).collect()
}

/// A value with its type.
/// <https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_Field.html>
fn field(value: Value) -> Value {
    if value.is_i64() { json!({ "longValue": value }) } else { json!({ "stringValue": value }) }
}

/// A statement takes effect completely or not at all.
fn execute(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let Some(cluster) = context.recall::<Cluster>(identifier(ask.text("resourceArn"))) else {
        return Verdict::Pass;
    };
    let database = databases::id(&cluster, ask.text("database"));
    let mut tables = context.recall::<Database>(&database).unwrap_or_default();
    match tables.execute(ask.text("sql"), &parameters(ask)) {
        Err(error) => Verdict::Refuse(error.into()),
        Ok(rows) => {
            context.remember(&database, &tables);
            let record = |row: Vec<Value>| row.into_iter().map(field).collect();
            let records: Option<Vec<Vec<Value>>> = rows.map(|rows| rows.into_iter().map(record).collect());
            Verdict::Answer(json!({ "numberOfRecordsUpdated": 0, "records": records, "generatedFields": [] }))
        }
    }
}
