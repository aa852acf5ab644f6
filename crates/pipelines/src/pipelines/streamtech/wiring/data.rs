//! The data stores: PostgreSQL and its secret, Redis, and the file system the workers share.
use super::super::spec::{PerformanceMode, ThroughputMode};
use super::{
    Wiring,
    firewall::Firewall,
    secrets::{self, Secret},
};
use crate::parts::{network::Network, service_roles, to_u16};
use vidpipe_aws::{
    Aws,
    kinds::{
        efs::{self, AccessPoint, Clients, FileSystem, FileSystemPolicy, Lifecycle, MountTarget},
        elasticache::{CacheSubnetGroup, ReplicationGroup},
        iam::Role,
        kms::Key,
        rds::{DbInstance, DbParameterGroup, DbParameters, DbSubnetGroup},
        secrets::ConnectionDetails,
    },
};
use vidpipe_engine::{Graph, Handle, Use};

/// The data stores and the secrets that other parts use.
pub(super) struct Data {
    pub(super) database: Handle<DbInstance>,
    pub(super) login: Secret,
    /// The login secret with the database's host, port and name added; `None` for an existing secret, which is never
    /// changed.
    pub(super) connection: Option<Handle<ConnectionDetails>>,
    pub(super) api_secret: Secret,
    pub(super) cache: Handle<ReplicationGroup>,
    pub(super) files: Handle<FileSystem>,
    pub(super) mounts: Vec<Handle<MountTarget>>,
    pub(super) access: Handle<AccessPoint>,
}

impl Data {
    /// The dependency of the services on the database. The database has an address, and its status leaves `creating`,
    /// minutes before it is available; how it handles connections in between is undocumented, so by default the
    /// services wait.
    pub(super) fn for_services(&self, p: &Wiring<'_>) -> Use<DbInstance> {
        let database = self.database.value();
        if p.design.database.wait_until_available { database } else { database.known() }
    }
}

pub(super) fn add(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Data {
    let (login, api_secret) = secrets::add(g, p, key);
    let database = database(g, p, net, firewall, key, &login);
    let connection = match &login {
        Secret::Existing(_) => None,
        Secret::Made(secret) => {
            // The endpoint can be read while the database is still backing up; the secret may be deleted at any time.
            let (uses, dbname) = ((secret, database.value().known()), p.design.database.name.clone());
            Some(g.add("database-connection-details", uses, move |(secret, database)| ConnectionDetails {
                secret_arn: secret.arn,
                engine: "postgres".into(),
                host: database.host,
                port: database.port,
                dbname: dbname.clone(),
            }))
        }
    };
    let cache = cache(g, p, net, firewall, key);
    let (files, mounts, access) = files(g, p, net, firewall, key);
    Data { database, login, connection, api_secret, cache, files, mounts, access }
}

fn database(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
    login: &Secret,
) -> Handle<DbInstance> {
    let name = p.names.of("rds-subnet-group");
    let role = service_roles::DATABASE.needed(g);
    let subnets = g.add("database-subnet-group", (&net.isolated, role), move |(subnets, ())| DbSubnetGroup {
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
        group_name: group.name,
        values: [("rds.force_ssl".to_owned(), "1".to_owned())].into(),
    });

    let (d, arn) = (p.design.database.clone(), login.arn());
    let (protect, identifier) = (p.spec.protect, p.names.of("rds-postgresql"));
    // The instance requires only subnets, a security group and a password: no route to the internet. It reads only the
    // password of the secret.
    let uses = (&subnets, &firewall.database, &group, &parameters, login.value(), key);
    g.add("database", uses, move |(subnets, group, _, parameters, secret, key)| DbInstance {
        name: identifier.clone(),
        engine_version: version.clone(),
        class: d.instance_class.clone(),
        storage_gib: d.storage_gib,
        multi_az: d.multi_az,
        db_name: d.name.clone(),
        username: d.username.clone(),
        master_secret_arn: arn(secret),
        backup_retention_days: to_u16(d.backup_retention_days),
        iam_authentication: d.iam_authentication,
        auto_minor_version_upgrade: true,
        kms_key: key.map(|k| k.arn),
        subnet_group: subnets.name,
        security_group_ids: vec![group.id],
        parameter_group: parameters.group_name,
        deletion_protection: protect,
    })
}

fn cache(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    net: &Network,
    firewall: &Firewall,
    key: Option<&Handle<Key>>,
) -> Handle<ReplicationGroup> {
    let name = p.names.of("elasticache-subnet-group");
    let role = service_roles::CACHE.needed(g);
    let subnets = g.add("cache-subnet-group", (&net.isolated, role), move |(subnets, ())| CacheSubnetGroup {
        name: name.clone(),
        description: "Isolated subnets for ElastiCache Redis".into(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
    });
    let (c, id) = (p.design.cache.clone(), p.names.of("elasticache-redis"));
    g.add("cache", (&subnets, &firewall.cache, key), move |(subnets, group, key)| ReplicationGroup {
        name: id.clone(),
        description: "Redis for caching video metadata".into(),
        engine_version: c.engine_version.clone(),
        node_type: c.node_type.clone(),
        nodes: to_u16(c.nodes),
        multi_az: c.multi_az,
        automatic_failover: c.automatic_failover,
        // No snapshots: the contents of a cache can be rebuilt.
        snapshot_retention_days: 0,
        kms_key: key.map(|k| k.arn),
        subnet_group: subnets.name,
        security_group_ids: vec![group.id],
    })
}

type Files = (Handle<FileSystem>, Vec<Handle<MountTarget>>, Handle<AccessPoint>);

fn files(g: &mut Graph<Aws>, p: &Wiring<'_>, net: &Network, firewall: &Firewall, key: Option<&Handle<Key>>) -> Files {
    let (f, name) = (p.design.files.clone(), p.names.of("efs"));
    let tag = p.names.of("efs-access");
    let days = to_u16(f.infrequent_access_after_days);
    let (performance, throughput) = (performance(f.performance_mode), throughput(f.throughput_mode));
    let files = g.add("file-system", key, move |key| FileSystem {
        name: name.clone(),
        kms_key: key.map(|k| k.arn),
        performance_mode: performance,
        throughput_mode: throughput,
    });
    g.add("file-system-lifecycle", &files, move |files| Lifecycle {
        file_system_id: files.id,
        infrequent_access_after_days: days,
        back_on_access: false,
    });
    let role = service_roles::FILES.add(g);
    let mounts: Vec<_> = net
        .private
        .iter()
        .enumerate()
        .map(|(i, subnet)| {
            let node = format!("mount-target-{}", i + 1);
            // EFS refuses a mount target until the file system is available.
            let uses = (&files, subnet, &firewall.files, role.value());
            g.add(&node, uses, |(files, subnet, group, ())| MountTarget {
                file_system_id: files.id,
                subnet_id: subnet.id,
                security_group_ids: vec![group.id],
            })
        })
        .collect();
    let access = g.add("access-point", &files, move |files| AccessPoint {
        name: tag.clone(),
        file_system_id: files.id,
        path: f.access_point_path.clone(),
        uid: f.uid,
        gid: f.gid,
        permissions: f.permissions.clone(),
    });
    (files, mounts, access)
}

/// Restricts the file system to the services' containers: with TLS, through the mount targets and the access point.
pub(super) fn files_policy(g: &mut Graph<Aws>, data: &Data, users: &[&Handle<Role>]) {
    let users: Vec<_> = users.iter().map(|role| role.value()).collect();
    g.add("file-system-policy", (&data.files, data.access.value(), users), |(files, access, users)| FileSystemPolicy {
        file_system_id: files.id,
        file_system_arn: files.arn,
        clients: Some(Clients {
            access_point_arn: access.arn,
            role_arns: users.into_iter().map(|role| role.arn).collect(),
        }),
    });
}

const fn performance(mode: PerformanceMode) -> efs::PerformanceMode {
    match mode {
        PerformanceMode::GeneralPurpose => efs::PerformanceMode::GeneralPurpose,
        PerformanceMode::MaxIo => efs::PerformanceMode::MaxIo,
    }
}

const fn throughput(mode: ThroughputMode) -> efs::ThroughputMode {
    match mode {
        ThroughputMode::Bursting => efs::ThroughputMode::Bursting,
        ThroughputMode::Elastic => efs::ThroughputMode::Elastic,
    }
}
