//! What the kinds of RDS share: the words of its statuses, and the values of parameter groups. It decides nothing.
use crate::{Cx, OrFail, interfaces};
use aws_sdk_rds::types::{ApplyMethod, Parameter, SourceType};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{Observed, Removal, Result};

/// Whether a database can be used in that status. After its storage grew, RDS optimises it for hours, with the database in full use.
pub(crate) fn is_usable(status: &str) -> bool {
    matches!(status, "available" | "storage-optimization")
}

/// Whether a database will never be `available` from that status, of an
/// [instance](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html) or of a
/// [cluster](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html).
/// A full storage is no such status: it heals when the spec asks for more.
pub(crate) fn is_broken(status: &str) -> bool {
    status.contains("failed")
        || status.starts_with("incompatible-")
        || matches!(status, "inaccessible-encryption-credentials" | "insufficient-capacity" | "restore-error")
}

/// The major version of a full one.
pub(crate) fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// What is there of an instance that is gone. RDS calls the network interfaces of all databases the same, so it is taken for
/// granted that no other is in these security groups.
pub(crate) async fn released<T>(cx: &Cx, groups: &[String]) -> Result<Observed<T>> {
    interfaces::released(cx, groups, "the database", |description| description == "RDSNetworkInterface").await
}

/// So long what RDS said of a thing is told again. A database is looked at hundreds of times before it is there, and has a
/// dozen events on the way.
const EVENTS_LAST: Duration = Duration::from_secs(60);

/// The newest event of each database and in which status it was told, and when RDS was asked for it.
#[derive(Default)]
pub(crate) struct Events(RefCell<BTreeMap<String, (Instant, String, Option<String>)>>);

impl Events {
    fn told(&self, id: &str, status: &str) -> Option<Option<String>> {
        let told = self.0.borrow();
        let (at, of, newest) = told.get(id)?;
        (of == status && at.elapsed() < EVENTS_LAST).then(|| newest.clone())
    }
}

/// The status, and the newest thing RDS says happened to it; without the latter if it cannot be had.
/// [DescribeEvents](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html)
pub(crate) async fn words(cx: &Cx, source: SourceType, id: &str, status: &str) -> String {
    let newest = match cx.cloud.rds_events.told(id, status) {
        Some(told) => told,
        None => {
            let call = cx.cloud.rds.describe_events().source_type(source).source_identifier(id).duration(60);
            let said = call.send().await.ok().and_then(|said| said.events);
            let newest = said.unwrap_or_default().into_iter().max_by_key(|e| e.date).and_then(|e| e.message);
            let told = (Instant::now(), status.to_owned(), newest.clone());
            cx.cloud.rds_events.0.borrow_mut().insert(id.into(), told);
            newest
        }
    };
    newest.map_or_else(|| status.to_owned(), |message| format!("{status}: {message}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_heals_is_not_broken_for_good() {
        assert!(is_broken("incompatible-network") && is_broken("failed"));
        assert!(!is_broken("storage-full") && !is_broken("backing-up"));
        assert!(!is_broken("inaccessible-encryption-credentials-recoverable"));
    }
}
