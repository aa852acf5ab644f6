//! Aurora PostgreSQL: the cluster, its instances, the schedule on which its password changes, and its tables.
use super::{Drawing, firewall::Firewall};
use crate::parts::{network::Network, service_roles, small};
use vidpipe_aws::{
    Aws,
    kinds::{
        kms::Key,
        logs::{LogGroup, Retention, ServiceLogGroup},
        rds::{
            DbCluster, DbClusterInstance, DbClusterParameterGroup, DbClusterParameters, DbSubnetGroup, Migration,
            checksum,
        },
        secrets::Rotation,
    },
};
use vidpipe_engine::{Graph, Handle};

/// What others stand on.
pub(super) struct Database {
    pub(super) cluster: Handle<DbCluster>,
    /// Without them nothing answers at the cluster's endpoints.
    pub(super) instances: Vec<Handle<DbClusterInstance>>,
}

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Drawing<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Database {
    let cluster = cluster(g, p, net, firewall, key);
    logs(g, p, &cluster, key);
    let instances = instances(g, p, &cluster);
    let days = small(p.own.database.rotation_days);
    // RDS changes the password itself, which takes an instance to change it in.
    let there: Vec<_> = instances.iter().map(Handle::value).collect();
    g.add("database-rotation", (&cluster, there), move |(cluster, _)| Rotation {
        secret_arn: cluster.secret_arn,
        days,
    });
    tables(g, p, &cluster, &instances);
    Database { cluster, instances }
}

fn cluster(
    g: &mut Graph<Aws>,
    p: &Drawing<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Handle<DbCluster> {
    let name = p.names.of("aurora-subnet-group");
    let role = service_roles::DATABASE.needed(g);
    let subnets = g.add("database-subnets", (&net.isolated, role), move |(subnets, ())| DbSubnetGroup {
        name: name.clone(),
        description: "Isolated subnets for Aurora PostgreSQL".into(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
    });
    let (name, version) = (p.names.of("aurora-parameters"), p.facts.postgres_version.clone());
    let major = version.split('.').next().unwrap_or(&version).to_owned();
    let group = g.add("database-parameter-group", (), move |()| DbClusterParameterGroup {
        name: name.clone(),
        family: format!("aurora-postgresql{major}"),
        description: "PostgreSQL that refuses connections without TLS".into(),
    });
    let parameters = g.add("database-parameters", &group, |group| DbClusterParameters {
        group_name: group.name,
        values: [("rds.force_ssl".to_owned(), "1".to_owned())].into(),
    });

    let (d, protect, name) = (p.own.database.clone(), p.spec.protect, p.names.of("aurora-cluster"));
    // It needs a subnet group and a security group: no way out, no internet. RDS makes its password.
    let uses = (&subnets, &firewall.database, &group, &parameters, key);
    g.add("database", uses, move |(subnets, group, _, parameters, key)| DbCluster {
        name: name.clone(),
        engine_version: version.clone(),
        db_name: d.name.clone(),
        username: d.username.clone(),
        min_acu: d.min_acu,
        max_acu: d.max_acu,
        backup_retention_days: small(d.backup_retention_days),
        data_api: d.data_api,
        iam_authentication: d.iam_authentication,
        kms_key: key.map(|k| k.arn),
        subnet_group: subnets.name,
        security_group_ids: vec![group.id],
        parameter_group: parameters.group_name,
        deletion_protection: protect,
    })
}

/// RDS makes the group of the log it exports by itself, unencrypted and kept for ever, and makes it again for as long as the
/// cluster writes to it: so it is asked for here, and removed last.
fn logs(g: &mut Graph<Aws>, p: &Drawing<'_>, cluster: &Handle<DbCluster>, key: Option<&Handle<Key>>) {
    let name = format!("/aws/rds/cluster/{}/postgresql", p.names.of("aurora-cluster"));
    let days = small(p.spec.logs.retention_days);
    let group = g.add("database-logs", key, move |key| {
        ServiceLogGroup(LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) })
    });
    g.add("database-logs-retention", &group, move |group| Retention { log_group: group.name, days });
    g.outlives(&group, cluster);
}

/// The first one that comes writes, the other one reads and takes over: which is which, RDS decides, so no name says it.
fn instances(g: &mut Graph<Aws>, p: &Drawing<'_>, cluster: &Handle<DbCluster>) -> Vec<Handle<DbClusterInstance>> {
    let zones = p.facts.zones.iter().take(if p.own.database.reader { 2 } else { 1 });
    let instance = |(i, zone): (usize, &String)| {
        let (name, zone) = (p.names.of(&format!("aurora-{}", i + 1)), zone.clone());
        // An instance may be asked for while its cluster is being made; and a cluster goes once its instances are going,
        // so neither waits for the other. But it is nothing without its cluster.
        let uses = cluster.value().known().follows();
        g.add(&format!("database-{}", i + 1), uses, move |cluster| DbClusterInstance {
            name: name.clone(),
            cluster: cluster.identifier,
            class: "db.serverless".into(),
            zone: Some(zone.clone()),
            // Both are as large as what is written needs, so that a failover does not begin with too little.
            promotion_tier: 1,
        })
    };
    zones.enumerate().map(instance).collect()
}

/// One after the other, each once: the database itself remembers which were applied.
fn tables(g: &mut Graph<Aws>, p: &Drawing<'_>, cluster: &Handle<DbCluster>, instances: &[Handle<DbClusterInstance>]) {
    let mut before: Option<Handle<Migration>> = None;
    for migration in p.spec.metadata.wanted() {
        let (node, database) = (format!("migration-{}", migration.version), p.own.database.name.clone());
        let there: Vec<_> = instances.iter().map(Handle::value).collect();
        let uses = (cluster, there, before.as_ref().map(Handle::value));
        before = Some(g.add(&node, uses, move |(cluster, ..)| Migration {
            cluster_arn: cluster.arn,
            secret_arn: cluster.secret_arn,
            database: database.clone(),
            version: migration.version.clone(),
            name: migration.name.clone(),
            checksum: checksum(&migration.sql),
            sql: migration.sql.clone(),
        }));
    }
}
