//! What the kinds of RDS share: the words of its statuses, and the values of parameter groups. It decides nothing.
use crate::{Cx, OrFail, interfaces};
use aws_sdk_rds::types::{ApplyMethod, Parameter, SourceType};
use std::collections::BTreeMap;
use vidpipe_engine::{Observed, Removal, Result};

mod states;
pub(crate) use states::is_usable;

/// The major version of a full one.
pub(crate) fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// What is there of an instance that is gone. RDS calls the network interfaces of all databases the same, so it is taken for
/// granted that no other is in these security groups.
pub(crate) async fn released<T>(cx: &Cx, groups: &[String]) -> Result<Observed<T>> {
    interfaces::released(cx, groups, "the database", |description| description == "RDSNetworkInterface").await
}

/// The status, and the newest thing RDS says happened to it; without the latter if it cannot be had.
pub(crate) async fn words(cx: &Cx, source: SourceType, id: &str, status: &str) -> String {
    let call = cx.cloud.rds.describe_events().source_type(source).source_identifier(id).duration(60);
    let said = call.send().await.ok().and_then(|said| said.events);
    let newest = said.unwrap_or_default().into_iter().max_by_key(|e| e.date).and_then(|e| e.message);
    newest.map_or_else(|| status.to_owned(), |message| format!("{status}: {message}"))
}

/// What is seen of a database in a status that it does not leave by itself; `None` in any other.
pub(crate) async fn trouble<T>(cx: &Cx, source: SourceType, id: &str, status: &str) -> Option<Observed<T>> {
    if let Some(hint) = states::way_out(status) {
        let hint = format!("{hint}; its data is left as it is. Then run `up` again");
        return Some(Observed::Stuck { why: words(cx, source, id, status).await, hint });
    }
    if !states::is_broken(status) {
        return None;
    }
    let why = words(cx, source, id, status).await;
    let remedy = states::remedy(status).map(|remedy| format!(" (what may mend it: {remedy})")).unwrap_or_default();
    Some(Observed::Broken(why + &remedy))
}

/// One step of removing what belongs to a stopped cluster: nothing of it can be deleted until it
/// [runs again](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html).
pub(crate) async fn start_cluster(cx: &Cx, id: &str) -> Result<Removal> {
    cx.cloud.rds.start_db_cluster().db_cluster_identifier(id).send().await.or_fail("start the DB cluster")?;
    Ok(Removal::Partly)
}

/// The first parameter that has not its wanted value, and which it has instead.
pub(crate) fn differing(wanted: &BTreeMap<String, String>, has: &BTreeMap<String, String>) -> Option<String> {
    let wrong = wanted.iter().find(|(name, value)| has.get(*name) != Some(value));
    wrong.map(|(name, _)| format!("{name} is {}", has.get(name).map_or("not set", String::as_str)))
}

/// The values a listing shows of the wanted parameters; the API cannot be asked by name.
pub(crate) async fn values(
    wanted: &BTreeMap<String, String>,
    mut next: impl AsyncFnMut() -> Option<Result<Parameter>>,
) -> Result<BTreeMap<String, String>> {
    let mut has = BTreeMap::new();
    while has.len() < wanted.len()
        && let Some(parameter) = next().await
    {
        let parameter = parameter?;
        if let (Some(name), Some(value)) = (parameter.parameter_name, parameter.parameter_value)
            && wanted.contains_key(&name)
        {
            has.insert(name, value);
        }
    }
    Ok(has)
}

/// These values as a call takes them, to be applied at once.
pub(crate) fn typed(values: &BTreeMap<String, String>) -> Vec<Parameter> {
    let typed = |(name, value): (&String, &String)| {
        Parameter::builder().parameter_name(name).parameter_value(value).apply_method(ApplyMethod::Immediate).build()
    };
    values.iter().map(typed).collect()
}
