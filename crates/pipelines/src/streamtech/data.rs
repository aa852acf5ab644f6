//! The data stores: PostgreSQL and its secret, Redis, and the file system the workers share.
use super::{Parts, firewall::Firewall, network::Network};
use crate::spec::{PerformanceMode, ThroughputMode};
use vidpipe_aws::{
    Aws,
    kinds::{
        efs::{AccessPoint, FileSystem, FileSystemPolicy, Lifecycle, MountTarget},
        elasticache::{CacheSubnetGroup, ReplicationGroup},
        kms::Key,
        rds::{DbInstance, DbParameterGroup, DbParameters, DbSubnetGroup},
        secrets::{ConnectionDetails, GeneratedSecret},
    },
};
use vidpipe_engine::{Graph, Handle};

/// What others stand on.
pub(super) struct Data {
    pub(super) database: Handle<DbInstance>,
    pub(super) database_secret: Handle<GeneratedSecret>,
    /// The secret, with the host, port and name of the database in it.
    pub(super) connection: Handle<ConnectionDetails>,
    pub(super) api_secret: Handle<GeneratedSecret>,
    pub(super) cache: Handle<ReplicationGroup>,
    pub(super) files: Handle<FileSystem>,
    pub(super) mounts: Vec<Handle<MountTarget>>,
    pub(super) access: Handle<AccessPoint>,
}

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Parts<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Data {
    let (database_secret, api_secret) = secrets(g, p, key);
    let database = database(g, p, net, firewall, key, &database_secret);
    // The endpoint can be read while the database is still backing up; the secret goes whenever it goes.
    let connection = g.add("database-connection", (&database_secret, database.value().known()), |(secret, database)| {
        ConnectionDetails {
            secret_arn: secret.arn,
            engine: "postgres".into(),
            host: database.host,
            port: database.port,
            database: database.name,
        }
    });
    let cache = cache(g, p, net, firewall, key);
    let (files, mounts, access) = files(g, p, net, firewall, key);
    Data { database, database_secret, connection, api_secret, cache, files, mounts, access }
}

fn secrets(
    g: &mut Graph<Aws>,
    p: &Parts<'_>,
    key: Option<&Handle<Key>>,
) -> (Handle<GeneratedSecret>, Handle<GeneratedSecret>) {
    let length = p.spec.database.password_length;
    let mut secret = |node: &str, description: &'static str, username: Option<String>| {
        let name = p.names.of(node);
        g.add(node, key, move |key| GeneratedSecret {
            name: name.clone(),
            description: description.into(),
            username: username.clone(),
            length,
            kms_key_arn: key.map(|k| k.arn),
        })
    };
    let database = secret("db-secret", "RDS PostgreSQL credentials", Some(p.spec.database.username.clone()));
    (database, secret("api-secret", "API Gateway API key", None))
}

fn database(
    g: &mut Graph<Aws>,
    p: &Parts<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
    secret: &Handle<GeneratedSecret>,
) -> Handle<DbInstance> {
    let name = p.names.of("rds-subnet-group");
    let subnets = g.add("database-subnets", &net.isolated, move |subnets| DbSubnetGroup {
        name: name.clone(),
        description: "Isolated subnets for RDS PostgreSQL".into(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
    });
    let (name, version) = (p.names.of("rds-postgresql"), p.facts.postgres_version.clone());
    let major = version.split('.').next().unwrap_or(&version).to_owned();
    let group = g.add("database-parameter-group", (), move |()| DbParameterGroup {
        name: name.clone(),
        family: format!("postgres{major}"),
        description: "PostgreSQL that refuses connections without TLS".into(),
    });
    let parameters = g.add("database-parameters", &group, |group| DbParameters {
        group: group.name,
        parameters: [("rds.force_ssl".to_owned(), "1".to_owned())].into(),
    });

    let (d, protect, identifier) = (p.spec.database.clone(), p.spec.protect, p.names.of("rds-postgresql"));
    // It needs a subnet group, a security group and a password: no way out, no internet. Of the secret it reads only the password.
    let uses = (&subnets, &firewall.database.group, &group, &parameters, secret.value(), key);
    g.add("database", uses, move |(subnets, group, parameters, (), secret, key)| DbInstance {
        identifier: identifier.clone(),
        engine_version: version.clone(),
        class: d.instance_class.clone(),
        storage_gib: d.storage_gib,
        multi_az: d.multi_az,
        name: d.name.clone(),
        username: d.username.clone(),
        secret_arn: secret.arn,
        backup_retention_days: d.backup_retention_days,
        iam_authentication: d.iam_authentication,
        kms_key_arn: key.map(|k| k.arn),
        subnet_group: subnets.name,
        security_group_ids: vec![group.id],
        parameter_group: parameters.name,
        deletion_protection: protect,
    })
}

fn cache(
    g: &mut Graph<Aws>,
    p: &Parts<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Handle<ReplicationGroup> {
    let name = p.names.of("elasticache-subnet-group");
    let subnets = g.add("cache-subnets", &net.isolated, move |subnets| CacheSubnetGroup {
        name: name.clone(),
        description: "Isolated subnets for ElastiCache Redis".into(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
    });
    let (c, id) = (p.spec.cache.clone(), p.names.of("elasticache-redis"));
    g.add("cache", (&subnets, &firewall.cache.group, key), move |(subnets, group, key)| ReplicationGroup {
        id: id.clone(),
        description: "Redis for caching video metadata".into(),
        engine_version: c.engine_version.clone(),
        node_type: c.node_type.clone(),
        nodes: c.nodes,
        multi_az: c.multi_az,
        automatic_failover: c.automatic_failover,
        kms_key_arn: key.map(|k| k.arn),
        subnet_group: subnets.name,
        security_group_ids: vec![group.id],
    })
}

type Files = (Handle<FileSystem>, Vec<Handle<MountTarget>>, Handle<AccessPoint>);

fn files(
    g: &mut Graph<Aws>,
    p: &Parts<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Files {
    let (f, name) = (p.spec.files.clone(), p.names.of("efs"));
    let tag = p.names.of("efs-access");
    let days = f.infrequent_access_after_days;
    let (performance, throughput) = (mode(f.performance_mode), speed(f.throughput_mode));
    let files = g.add("files", key, move |key| FileSystem {
        name: name.clone(),
        kms_key_arn: key.map(|k| k.arn),
        performance_mode: performance.into(),
        throughput_mode: throughput.into(),
    });
    g.add("files-lifecycle", &files, move |files| Lifecycle { file_system_id: files.id, to_infrequent_access_days: days });
    let mounts: Vec<_> = net.private.iter().enumerate().map(|(i, subnet)| {
        let node = format!("files-mount-{}", i + 1);
        // A mount target is refused until the file system is available.
        g.add(&node, (&files, subnet, &firewall.files.group), |(files, subnet, group)| MountTarget {
            file_system_id: files.id,
            subnet_id: subnet.id,
            security_group_ids: vec![group.id],
        })
    }).collect();
    let access = g.add("files-access", &files, move |files| AccessPoint {
        name: tag.clone(),
        file_system_id: files.id,
        path: f.access_point_path.clone(),
        uid: f.uid,
        gid: f.gid,
        permissions: f.permissions.clone(),
    });
    g.add("files-policy", (&files, access.value()), |(files, access)| FileSystemPolicy {
        file_system_id: files.id,
        file_system_arn: files.arn,
        access_point_arn: Some(access.arn),
    });
    (files, mounts, access)
}

const fn mode(mode: PerformanceMode) -> &'static str {
    match mode {
        PerformanceMode::GeneralPurpose => "generalPurpose",
        PerformanceMode::MaxIo => "maxIO",
    }
}

const fn speed(mode: ThroughputMode) -> &'static str {
    match mode {
        ThroughputMode::Bursting => "bursting",
        ThroughputMode::Elastic => "elastic",
    }
}
