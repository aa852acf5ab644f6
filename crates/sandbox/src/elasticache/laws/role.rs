//! The service-linked role in a fresh account. ElastiCache does not create it: it refuses while it is missing or new.

use aws_sdk_elasticache::operation::create_cache_subnet_group::{
    CreateCacheSubnetGroupInput, CreateCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::operation::create_replication_group::{
    CreateReplicationGroupInput, CreateReplicationGroupOutput,
};

use super::unless;
use crate::context::{Context, Refusal};
use crate::cross_service::linked_roles::{CACHE, serves};
use crate::law::Law;
use crate::typed::{Step, before};

const CACHES: &str = "aws-controllers-k8s/community#367";

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::reported(
            "elasticache/subnet-group-needs-role",
            "a cache subnet group cannot be made in an account without ElastiCache's service-linked role",
            CACHES,
            before(subnet_group),
        ),
        Law::reported(
            "elasticache/group-needs-role",
            "a cache cannot be made in an account without ElastiCache's service-linked role",
            CACHES,
            before(group),
        ),
    ]
}

fn needs_role<O>(context: &mut Context<'_>) -> Step<O> {
    unless((!serves(context, CACHE)).then(|| {
        let message = "This action cannot be completed due to insufficient permissions. (Recommended action) Please \
                       create new role using IAM API CreateServiceLinkedRole.";
        Refusal::new("ServiceLinkedRoleNotFoundFault", message)
    }))
}

fn subnet_group(context: &mut Context<'_>, _: &CreateCacheSubnetGroupInput) -> Step<CreateCacheSubnetGroupOutput> {
    needs_role(context)
}

fn group(context: &mut Context<'_>, _: &CreateReplicationGroupInput) -> Step<CreateReplicationGroupOutput> {
    needs_role(context)
}
