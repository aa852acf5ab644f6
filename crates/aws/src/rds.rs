//! What the kinds of RDS share: the words of its statuses, and the values of parameter groups. It decides nothing.
use crate::{
    Cx, OrFail, interfaces,
    settings::{Has, memberships as has},
    tags,
};
use aws_sdk_rds::types::{ApplyMethod, DbCluster, DbInstance, Parameter, SourceType, Tag, VpcSecurityGroupMembership};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{Class, Error, Holder, Observed, Removal, Result, Whose};

/// Whether a database can be used in that status. After its storage grew, RDS optimises it for hours, with the database in full use.
pub(crate) fn is_usable(status: &str) -> bool {
    matches!(status, "available" | "storage-optimization")
}

/// Whether a database does not leave that status by itself, nor by any change that a spec can ask for, of an
/// [instance](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html) or of a
/// [cluster](https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html). That is not to say
/// that its data is lost: most of these [can be repaired](remedy).
pub(crate) fn is_broken(status: &str) -> bool {
    status.contains("failed")
        || status.starts_with("incompatible-")
        || matches!(status, "inaccessible-encryption-credentials" | "insufficient-capacity" | "restore-error")
}

/// What brings a database that is at rest, and out of use, back from that status with its data; `None` where nothing does, or
/// where it leaves it by itself.
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

/// Whether it must be started before anything can be done to it.
pub(crate) fn must_be_started(status: &str) -> bool {
    matches!(status, "stopped" | "inaccessible-encryption-credentials-recoverable")
}

/// One step of changing or removing a [stopped](https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StartInstance.html)
/// instance: nothing of it can be changed until it runs again.
pub(crate) async fn start_instance(cx: &Cx, id: &str) -> Result<Removal> {
    cx.cloud.rds.start_db_instance().db_instance_identifier(id).send().await.or_fail("start the DB instance")?;
    Ok(Removal::Partly)
}

/// An update that has nothing to ask for does not help a full database.
pub(crate) fn unless_full(status: &str) -> Result<()> {
    match status {
        "storage-full" => Err(Error::new(Class::Invalid, "bring the DB instance back: its storage is full")
            .hint("raise the database's storage in the spec, then run again: nothing in it is lost")),
        _ => Ok(()),
    }
}

/// What a database comes to that is not in use, nor on its way out.
pub(crate) async fn not_usable<T>(
    cx: &Cx,
    source: SourceType,
    id: &str,
    status: &str,
    known: Option<T>,
) -> Observed<T> {
    let said = words(cx, source, id, status).await;
    match remedy(status) {
        Some(remedy) if is_broken(status) => Observed::Broken(format!("{said}; {remedy}")),
        Some(remedy) => Observed::differs(format!("{said}; {remedy}"), known),
        None if is_broken(status) => Observed::Broken(said),
        None => Observed::Pending { why: said, known },
    }
}

/// How a database has its security groups.
pub(crate) fn memberships(seen: &[VpcSecurityGroupMembership], wanted: &[String]) -> Has {
    let seen: Vec<_> = seen.iter().filter_map(|g| Some((g.vpc_security_group_id()?, g.status()?))).collect();
    has(&seen, wanted)
}

/// The cluster of that identifier.
pub(crate) async fn cluster(cx: &Cx, id: &str) -> Result<Option<DbCluster>> {
    let call = cx.cloud.rds.describe_db_clusters().db_cluster_identifier(id);
    let seen = call.send().await.or_fail("look at the DB cluster")?;
    Ok(seen.db_clusters.unwrap_or_default().into_iter().next())
}

/// Whether the secret that RDS keeps a cluster's password in is not complete.
pub(crate) fn lacks_secret(seen: &DbCluster) -> bool {
    seen.master_user_secret().and_then(|s| s.secret_status()).is_none_or(|status| status == "creating")
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

/// What RDS told of a database.
struct Told {
    at: Instant,
    /// The status in which it was.
    status: String,
    newest: Option<String>,
}

/// The newest event of each database, by its identifier.
#[derive(Default)]
pub(crate) struct Events(RefCell<BTreeMap<String, Told>>);

impl Events {
    fn told(&self, id: &str, status: &str) -> Option<Option<String>> {
        let told = self.0.borrow();
        let told = told.get(id).filter(|told| told.status == status && told.at.elapsed() < EVENTS_LAST)?;
        Some(told.newest.clone())
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
            let told = Told { at: Instant::now(), status: status.to_owned(), newest: newest.clone() };
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

/// The DB instances of which that is true, as what holds a group of ours.
pub(crate) async fn instances(cx: &Cx, holds: impl Fn(&DbInstance) -> bool) -> Result<Vec<Holder>> {
    let pages = items!(cx.cloud.rds.describe_db_instances());
    let seen = pages.all().await.or_fail("look at the DB instances")?;
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
    let pages = items!(cx.cloud.rds.describe_db_clusters());
    let seen = pages.all().await.or_fail("look at the DB clusters")?;
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
        assert!(remedy("incompatible-parameters").is_some() && remedy("storage-full").is_some());
        assert_eq!((remedy("backing-up"), remedy("failed"), remedy("incompatible-restore")), (None, None, None));
    }
}
