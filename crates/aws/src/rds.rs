//! What the kinds of RDS share: the words of its statuses, and the values of parameter groups. It decides nothing.
use crate::{Cx, OrFail, interfaces, tags};
use aws_sdk_rds::types::{ApplyMethod, DbCluster, DbInstance, Parameter, SourceType, Tag};
use std::collections::BTreeMap;
use vidpipe_engine::{Holder, Observed, Removal, Result, Whose};

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

/// The status, and the newest thing RDS says happened to it; without the latter if it cannot be had.
pub(crate) async fn words(cx: &Cx, source: SourceType, id: &str, status: &str) -> String {
    let call = cx.cloud.rds.describe_events().source_type(source).source_identifier(id).duration(60);
    let said = call.send().await.ok().and_then(|said| said.events);
    let newest = said.unwrap_or_default().into_iter().max_by_key(|e| e.date).and_then(|e| e.message);
    newest.map_or_else(|| status.to_owned(), |message| format!("{status}: {message}"))
}

/// One step of removing what belongs to a stopped cluster: nothing of it can be deleted until it
/// [runs again](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html).
pub(crate) async fn start_cluster(cx: &Cx, id: &str) -> Result<Removal> {
    cx.cloud.rds.start_db_cluster().db_cluster_identifier(id).send().await.or_fail("start the DB cluster")?;
    Ok(Removal::Partly)
}

/// The DB instances of which that is true, as what holds a group of ours.
pub(crate) async fn instances(cx: &Cx, holds: impl Fn(&DbInstance) -> bool) -> Result<Vec<Holder>> {
    let pages = cx.cloud.rds.describe_db_instances().into_paginator().items().send();
    let seen = pages.collect::<std::result::Result<Vec<_>, _>>().await.or_fail("look at the DB instances")?;
    let those = seen.iter().filter(|i| holds(i));
    Ok(those
        .map(|i| {
            let (id, status) = (i.db_instance_identifier().unwrap_or_default(), i.db_instance_status());
            Holder::new("DB instance", id, whose(cx, i.tag_list(), status)).about(status.unwrap_or_default())
        })
        .collect())
}

/// The same of DB clusters.
pub(crate) async fn clusters(cx: &Cx, holds: impl Fn(&DbCluster) -> bool) -> Result<Vec<Holder>> {
    let pages = cx.cloud.rds.describe_db_clusters().into_paginator().items().send();
    let seen = pages.collect::<std::result::Result<Vec<_>, _>>().await.or_fail("look at the DB clusters")?;
    let those = seen.iter().filter(|c| holds(c));
    Ok(those
        .map(|c| {
            let (id, status) = (c.db_cluster_identifier().unwrap_or_default(), c.status());
            Holder::new("DB cluster", id, whose(cx, c.tag_list(), status)).about(status.unwrap_or_default())
        })
        .collect())
}

fn whose(cx: &Cx, tags: &[Tag], status: Option<&str>) -> Whose {
    let lineage = tags::lineage(tags.iter().filter_map(|t| t.key().zip(t.value())));
    match () {
        () if status == Some("deleting") => Whose::Going,
        () if lineage == Some(&cx.env.lineage) => Whose::Ours,
        () => Whose::Theirs,
    }
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
