//! Aurora PostgreSQL: the cluster, its instances, the rotation schedule of its password, and its tables.
use super::{Wiring, firewall::Firewall};
use crate::parts::{network::Network, service_roles, to_u16};
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

/// The database resources that other parts use.
pub(super) struct Database {
    pub(super) cluster: Handle<DbCluster>,
    /// The instances. Without them the cluster's endpoints accept no connections.
    pub(super) instances: Vec<Handle<DbClusterInstance>>,
}

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Database {
    let cluster = cluster(g, p, net, firewall, key);
    logs(g, p, &cluster, key);
    let instances = instances(g, p, &cluster);
    let days = to_u16(p.design.database.rotation_days);
    // RDS rotates the password itself, which requires an instance.
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
    p: &Wiring<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Handle<DbCluster> {
    let name = p.names.of("aurora-subnet-group");
    let role = service_roles::DATABASE.needed(g);
    let subnets = g.add("database-subnet-group", (&net.isolated, role), move |(subnets, ())| DbSubnetGroup {
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

    let (d, protect, name) = (p.design.database.clone(), p.spec.protect, p.names.of("aurora-cluster"));
    // The cluster requires only subnets and a security group: no route to the internet. RDS generates its password.
    let uses = (&subnets, &firewall.database, &group, &parameters, key);
    g.add("database", uses, move |(subnets, group, _, parameters, key)| DbCluster {
        name: name.clone(),
        engine_version: version.clone(),
        db_name: d.name.clone(),
        username: d.username.clone(),
        min_acu: d.min_acu,
        max_acu: d.max_acu,
        backup_retention_days: to_u16(d.backup_retention_days),
        data_api: d.data_api,
        iam_authentication: d.iam_authentication,
        kms_key: key.map(|k| k.arn),
        subnet_group: subnets.name,
        security_group_ids: vec![group.id],
        parameter_group: parameters.group_name,
        deletion_protection: protect,
    })
}

/// RDS creates the log group of its exported log itself, unencrypted and without expiry, and recreates it for as long
/// as the cluster writes to it. So this node creates the group, and deletes it after the cluster.
fn logs(g: &mut Graph<Aws>, p: &Wiring<'_>, cluster: &Handle<DbCluster>, key: Option<&Handle<Key>>) {
    let name = format!("/aws/rds/cluster/{}/postgresql", p.names.of("aurora-cluster"));
    let days = to_u16(p.spec.logs.retention_days);
    let group = g.add("database-log-group", key, move |key| {
        ServiceLogGroup(LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) })
    });
    g.add("database-log-group-retention", &group, move |group| Retention { log_group: group.name, days });
    g.outlives(&group, cluster);
}

/// The first available instance becomes the writer, the other a reader and failover target. RDS decides which is which,
/// so the names do not express it.
fn instances(g: &mut Graph<Aws>, p: &Wiring<'_>, cluster: &Handle<DbCluster>) -> Vec<Handle<DbClusterInstance>> {
    let zones = p.facts.zones.iter().take(if p.design.database.reader { 2 } else { 1 });
    let instance = |(i, zone): (usize, &String)| {
        let (name, zone) = (p.names.of(&format!("aurora-{}", i + 1)), zone.clone());
        // An instance can be created while its cluster is still being created, and a cluster can be deleted once the
        // deletion of its instances has started, so neither waits for the other. But an instance cannot exist without
        // its cluster.
        let uses = cluster.value().known().follows();
        g.add(&format!("database-{}", i + 1), uses, move |cluster| DbClusterInstance {
            name: name.clone(),
            cluster: cluster.identifier,
            class: "db.serverless".into(),
            zone: Some(zone.clone()),
            // Both instances scale with the writer, so a failover does not start with too little capacity.
            promotion_tier: 1,
        })
    };
    zones.enumerate().map(instance).collect()
}

/// Applies the migrations one after the other, each once: the database records which were applied.
fn tables(g: &mut Graph<Aws>, p: &Wiring<'_>, cluster: &Handle<DbCluster>, instances: &[Handle<DbClusterInstance>]) {
    let mut before: Option<Handle<Migration>> = None;
    for migration in p.spec.metadata.all_migrations() {
        let (node, database) = (format!("migration-{}", migration.version), p.design.database.name.clone());
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
