//! Shared by the RDS kinds: the meaning of statuses, the values of parameter groups, events and holders.
use crate::{
    Cx, OrFail,
    ec2::interfaces,
    settings::{Has, memberships as has},
    tags,
};
use aws_sdk_rds::types::{ApplyMethod, DbCluster, DbInstance, Parameter, SourceType, Tag, VpcSecurityGroupMembership};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{Class, Error, Holder, Observed, Removal, Result, Whose};

/// Returns whether a database in this status can be used. After its storage grew, RDS optimises it for hours, with
/// the database in full use.
pub(crate) fn is_usable(status: &str) -> bool {
    matches!(status, "available" | "storage-optimization")
}

/// Returns whether a database leaves this status neither by itself nor by any change in the spec. See the statuses of
/// an [instance](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html) and of a
/// [cluster](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html). Its data need
/// not be lost: most of these statuses [can be repaired](remedy).
pub(crate) fn is_broken(status: &str) -> bool {
    status.contains("failed")
        || status.starts_with("incompatible-")
        || matches!(status, "inaccessible-encryption-credentials" | "insufficient-capacity" | "restore-error")
}

/// The remedy that restores an idle, unusable database with its data; `None` if there is none, or if the database
/// leaves the status by itself.
pub(crate) fn remedy(status: &str) -> Option<&'static str> {
    Some(match status {
        "stopped" => "start it, or AWS does so within seven days",
        "storage-full" => "it takes no more data until its storage is raised in the spec",
        "inaccessible-encryption-credentials-recoverable" => "enable its KMS key, then start it",
        "inaccessible-encryption-credentials" => {
            "its KMS key is lost to it: restore a backup of it, under a key that is there"
        }
        "incompatible-credentials" => "let RDS read the secret of its password again",
        "incompatible-network" => "give back to it what it lacks: free addresses in its subnets, its security groups",
        "incompatible-option-group" => "give it an option group that it can have",
        "incompatible-parameters" => "correct its parameter group, then restart it",
        "modify-failed" | "upgrade-failed" | "failed-upgrade" => "see its events for why the change failed",
        _ => return None,
    })
}

/// Returns whether the database must be started before it can be changed or deleted.
pub(crate) fn must_be_started(status: &str) -> bool {
    matches!(status, "stopped" | "inaccessible-encryption-credentials-recoverable")
}

/// One step of changing or removing a
/// [stopped](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StartInstance.html) instance: it cannot be
/// changed until it runs again.
pub(crate) async fn start_instance(cx: &Cx, id: &str) -> Result<Removal> {
    cx.cloud.rds.start_db_instance().db_instance_identifier(id).send().await.or_fail("start the DB instance")?;
    Ok(Removal::Partly)
}

/// Fails for a full database: an update without any change does not help it.
pub(crate) fn unless_full(status: &str) -> Result<()> {
    match status {
        "storage-full" => Err(Error::new(Class::Invalid, "bring the DB instance back: its storage is full")
            .hint("raise the database's storage in the spec, then run again: nothing in it is lost")),
        _ => Ok(()),
    }
}

/// The observation of a database that is neither usable nor being deleted.
pub(crate) async fn not_usable<T>(
    cx: &Cx,
    source: SourceType,
    id: &str,
    status: &str,
    known: Option<T>,
) -> Observed<T> {
    let text = words(cx, source, id, status).await;
    match remedy(status) {
        Some(remedy) if is_broken(status) => Observed::Broken(format!("{text}; {remedy}")),
        Some(remedy) => Observed::differs(format!("{text}; {remedy}"), known),
        None if is_broken(status) => Observed::Broken(text),
        None => Observed::Pending { why: text, known },
    }
}

/// Compares a database's security groups with the desired ones.
pub(crate) fn memberships(seen: &[VpcSecurityGroupMembership], desired: &[String]) -> Has {
    let seen: Vec<_> = seen.iter().filter_map(|g| Some((g.vpc_security_group_id()?, g.status()?))).collect();
    has(&seen, desired)
}

/// The cluster with this identifier.
pub(crate) async fn cluster(cx: &Cx, id: &str) -> Result<Option<DbCluster>> {
    let call = cx.cloud.rds.describe_db_clusters().db_cluster_identifier(id);
    let seen = call.send().await.or_fail("read the DB cluster")?;
    Ok(seen.db_clusters.unwrap_or_default().into_iter().next())
}

/// Returns whether the secret that RDS manages for a cluster's password is not complete.
pub(crate) fn lacks_secret(seen: &DbCluster) -> bool {
    seen.master_user_secret().and_then(|s| s.secret_status()).is_none_or(|status| status == "creating")
}

/// The major version of a full version.
pub(crate) fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// The observation of a deleted instance, whose network interfaces may remain. RDS gives the interfaces of all
/// databases the same description, so it is assumed that no other database is in these security groups.
pub(crate) async fn released<T>(cx: &Cx, groups: &[String]) -> Result<Observed<T>> {
    interfaces::released(cx, groups, "the database", |description| description == "RDSNetworkInterface").await
}

/// How long a database's newest event is cached. A database is polled hundreds of times before it is available, and
/// has a dozen events meanwhile.
const EVENTS_LAST: Duration = Duration::from_secs(60);

/// A cached event.
struct Told {
    at: Instant,
    /// The status of the database when it was read.
    status: String,
    newest: Option<String>,
}

/// The newest event of each database, by its identifier.
#[derive(Default)]
pub(crate) struct Events(RefCell<BTreeMap<String, Told>>);

impl Events {
    fn cached(&self, id: &str, status: &str) -> Option<Option<String>> {
        let events = self.0.borrow();
        let event = events.get(id).filter(|event| event.status == status && event.at.elapsed() < EVENTS_LAST)?;
        Some(event.newest.clone())
    }
}

/// The status, and the message of the newest event; without the latter if it cannot be read.
/// [DescribeEvents](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html)
pub(crate) async fn words(cx: &Cx, source: SourceType, id: &str, status: &str) -> String {
    let events = cx.cloud.shared::<Events>();
    let newest = match events.cached(id, status) {
        Some(newest) => newest,
        None => {
            let call = cx.cloud.rds.describe_events().source_type(source).source_identifier(id).duration(60);
            let answer = call.send().await.ok().and_then(|seen| seen.events);
            let newest = answer.unwrap_or_default().into_iter().max_by_key(|e| e.date).and_then(|e| e.message);
            let event = Told { at: Instant::now(), status: status.to_owned(), newest: newest.clone() };
            events.0.borrow_mut().insert(id.into(), event);
            newest
        }
    };
    newest.map_or_else(|| status.to_owned(), |message| format!("{status}: {message}"))
}

/// One step of removing a part of a stopped cluster: nothing in it can be deleted until it
/// [runs again](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-cluster-stop-start.html).
pub(crate) async fn start_cluster(cx: &Cx, id: &str) -> Result<Removal> {
    cx.cloud.rds.start_db_cluster().db_cluster_identifier(id).send().await.or_fail("start the DB cluster")?;
    Ok(Removal::Partly)
}

/// The DB instances for which `holds` is true, as holders of a group of ours.
pub(crate) async fn instances(cx: &Cx, holds: impl Fn(&DbInstance) -> bool) -> Result<Vec<Holder>> {
    let pages = items!(cx.cloud.rds.describe_db_instances());
    let seen = pages.all().await.or_fail("read the DB instances")?;
    let those = seen.iter().filter(|i| holds(i));
    Ok(those
        .map(|i| {
            let (id, status) = (i.db_instance_identifier().unwrap_or_default(), i.db_instance_status());
            Holder::new("DB instance", id, whose(cx, i.tag_list(), status)).about(status.unwrap_or_default())
        })
        .collect())
}

/// The DB clusters for which `holds` is true, as holders of a group of ours.
pub(crate) async fn clusters(cx: &Cx, holds: impl Fn(&DbCluster) -> bool) -> Result<Vec<Holder>> {
    let pages = items!(cx.cloud.rds.describe_db_clusters());
    let seen = pages.all().await.or_fail("read the DB clusters")?;
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

/// The first parameter without its desired value, and its actual value.
pub(crate) fn differing(desired: &BTreeMap<String, String>, has: &BTreeMap<String, String>) -> Option<String> {
    let wrong = desired.iter().find(|(name, value)| has.get(*name) != Some(value));
    wrong.map(|(name, _)| format!("{name} is {}", has.get(name).map_or("not set", String::as_str)))
}

/// The values of the desired parameters in a listing; the API has no filter by name.
pub(crate) async fn values(
    desired: &BTreeMap<String, String>,
    mut next: impl AsyncFnMut() -> Option<Result<Parameter>>,
) -> Result<BTreeMap<String, String>> {
    let mut has = BTreeMap::new();
    while has.len() < desired.len()
        && let Some(parameter) = next().await
    {
        let parameter = parameter?;
        if let (Some(name), Some(value)) = (parameter.parameter_name, parameter.parameter_value)
            && desired.contains_key(&name)
        {
            has.insert(name, value);
        }
    }
    Ok(has)
}

/// These values as parameters of a call, applied immediately.
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
        assert!(remedy("incompatible-parameters").is_some() && remedy("storage-full").is_some());
        assert_eq!((remedy("backing-up"), remedy("failed"), remedy("incompatible-restore")), (None, None, None));
    }
}
