//! Service-linked roles: the roles AWS services assume in the account. The first environment that needs a role creates
//! it; from then on it belongs to the account. Its users wait for it but do not hold it, and vidpipe never deletes it.
use vidpipe_aws::{Aws, kinds::iam::ServiceLinkedRole};
use vidpipe_engine::{Graph, Handle, graph::Use};

/// A service-linked role: its node, the service, and the name the service gives it.
pub(crate) struct ServiceRole {
    node: &'static str,
    service: &'static str,
    name: &'static str,
}

/// For VPC links.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html>
pub(crate) const API_GATEWAY: ServiceRole =
    ServiceRole::new("api-service-role", "ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway");
/// For load balancers.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html>
pub(crate) const BALANCING: ServiceRole = ServiceRole::new(
    "load-balancer-service-role",
    "elasticloadbalancing.amazonaws.com",
    "AWSServiceRoleForElasticLoadBalancing",
);
/// For caches and their subnet groups.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/using-service-linked-roles.html>
pub(crate) const CACHE: ServiceRole =
    ServiceRole::new("cache-service-role", "elasticache.amazonaws.com", "AWSServiceRoleForElastiCache");
/// For clusters and services.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html>
pub(crate) const CONTAINERS: ServiceRole =
    ServiceRole::new("cluster-service-role", "ecs.amazonaws.com", "AWSServiceRoleForECS");
/// For databases and their subnet groups.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html>
pub(crate) const DATABASE: ServiceRole =
    ServiceRole::new("database-service-role", "rds.amazonaws.com", "AWSServiceRoleForRDS");
/// For mount targets.
/// <https://docs.aws.amazon.com/efs/latest/ug/using-service-linked-roles.html>
pub(crate) const FILES: ServiceRole = ServiceRole::new(
    "file-system-service-role",
    "elasticfilesystem.amazonaws.com",
    "AWSServiceRoleForAmazonElasticFileSystem",
);
/// For the task count of a service.
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html>
pub(crate) const SCALING: ServiceRole = ServiceRole::new(
    "scaling-service-role",
    "ecs.application-autoscaling.amazonaws.com",
    "AWSServiceRoleForApplicationAutoScaling_ECSService",
);

impl ServiceRole {
    const fn new(node: &'static str, service: &'static str, name: &'static str) -> Self {
        Self { node, service, name }
    }

    /// Adds the node that creates the role if the account lacks it.
    pub(crate) fn add(&self, g: &mut Graph<Aws>) -> Handle<ServiceLinkedRole> {
        let (service, name) = (self.service, self.name);
        g.add(self.node, (), move |()| ServiceLinkedRole { service: service.into(), name: name.into() })
    }

    /// Same as [`add`](Self::add), for use by one node, which waits until the role exists.
    pub(crate) fn needed(&self, g: &mut Graph<Aws>) -> Use<ServiceLinkedRole> {
        self.add(g).value()
    }
}
