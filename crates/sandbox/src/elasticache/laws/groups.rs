//! The checks of ElastiCache before it creates a replication group.

use aws_sdk_elasticache::operation::create_replication_group::{
    CreateReplicationGroupInput, CreateReplicationGroupOutput,
};

use super::unless;
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::cross_service::network;
use crate::elasticache::{Group, Modifiable};
use crate::kms::usage;
use crate::law::Law;
use crate::typed::{Step, before};

const CREATE: &str =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html";
/// The maximum length of a replication group id.
const LONGEST: usize = 40;

type Made = Step<CreateReplicationGroupOutput>;

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, rule: fn(&mut Context<'_>, &CreateReplicationGroupInput) -> Made| {
        Law::documented(name, says, CREATE, before(rule))
    };
    vec![
        documented("elasticache/id", "the id of a group has 40 letters, digits and single hyphens at most", id),
        documented("elasticache/id-taken", "an id is taken while its group is there or being deleted", taken),
        documented("elasticache/unknown-subnet-group", "a group is in a subnet group that exists", subnet_group),
        Law::assumed(
            "elasticache/unknown-security-group",
            "a group is in security groups that are there",
            "AWS lists InvalidParameterValue; as RDS, which is reported",
            before(security_groups),
        ),
        Law::assumed(
            "elasticache/key",
            "a group is encrypted with a key that is there and in use",
            "AWS lists InvalidParameterValue; as RDS, which is documented",
            before(key),
        ),
        documented("elasticache/no-capacity", "a zone may have no such node type now (by request)", capacity),
    ]
}

fn is_id(id: &str) -> bool {
    let good = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let starts = id.starts_with(|c: char| c.is_ascii_alphabetic());
    good && starts && id.len() <= LONGEST && !id.ends_with('-') && !id.contains("--")
}

fn id(_: &mut Context<'_>, input: &CreateReplicationGroupInput) -> Made {
    unless((!is_id(input.replication_group_id().unwrap_or_default())).then(|| {
        let message = "The parameter ReplicationGroupIdentifier is not a valid identifier. Identifiers must begin with \
                       a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen \
                       or contain two consecutive hyphens.";
        Refusal::new("InvalidParameterValue", message)
    }))
}

fn taken(context: &mut Context<'_>, input: &CreateReplicationGroupInput) -> Made {
    let id = input.replication_group_id().unwrap_or_default().to_lowercase();
    unless(context.recall::<Group>(&id).map(|_| {
        let message = format!("Replication group with specified id already exists: {id}");
        Refusal::new("ReplicationGroupAlreadyExists", message)
    }))
}

fn subnet_group(context: &mut Context<'_>, input: &CreateReplicationGroupInput) -> Made {
    let unknown = input.cache_subnet_group_name().filter(|name| context.recall::<Modifiable>(name).is_none());
    unless(unknown.map(|name| {
        Refusal::new("CacheSubnetGroupNotFoundFault", format!("Cache Subnet Group {name} does not exist."))
    }))
}

fn security_groups(context: &mut Context<'_>, input: &CreateReplicationGroupInput) -> Made {
    unless(
        network::unknown_group(context, input.security_group_ids()).map(|unknown| {
            Refusal::new("InvalidParameterValue", format!("Some security groups are invalid: {unknown}"))
        }),
    )
}

fn key(context: &mut Context<'_>, input: &CreateReplicationGroupInput) -> Made {
    let bad = input.kms_key_id().filter(|key| !usage::is_usable(context, key));
    unless(bad.map(|key| {
        let message = format!("The KMS key {key} does not exist, is not enabled or cannot be accessed.");
        Refusal::new("InvalidParameterValue", message)
    }))
}

fn capacity(context: &mut Context<'_>, _: &CreateReplicationGroupInput) -> Made {
    unless(context.goes_wrong(Incident::CacheWithoutCapacity).then(|| {
        let message = "The requested cache node type is not available in the specified Availability Zone.";
        Refusal::new("InsufficientCacheClusterCapacity", message)
    }))
}
