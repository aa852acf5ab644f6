//! All resource kinds, one file each. A new kind needs a file and a line here.
use crate::Aws;
use vidpipe_engine::{Class, Error, Kind, Of, PhysicalId, Result};

macro_rules! kinds { ($($service:ident { $($module:ident :: $R:ident),* $(,)? })*) => {
    $(
        #[doc = concat!("The kinds of `", stringify!($service), "`.")]
        pub mod $service { $(mod $module; pub use $module::*;)* }
    )*
    /// Every kind vidpipe knows.
    pub const KINDS: &[&dyn Kind<Aws>] = &[$($(&Of::<$service::$R>::KIND,)*)*];
} }

kinds! {
    apigateway {
        vpc_link::VpcLink,
        rest_api::RestApi,
        routes::Routes,
        deployment::Deployment,
        stage::Stage,
        stage_throttling::StageThrottling,
        api_key::ApiKey,
        usage_plan::UsagePlan,
        usage_plan_key::UsagePlanKey,
        account_role::AccountRole,
    }
    cloudtrail {
        trail::Trail,
        trail_logging::TrailLogging,
    }
    cloudwatch {
        alarm::Alarm,
    }
    ec2 {
        vpc::Vpc,
        vpc_dns::VpcDns,
        subnet::Subnet,
        subnet_public_ip::SubnetPublicIp,
        internet_gateway::InternetGateway,
        internet_gateway_attachment::InternetGatewayAttachment,
        elastic_ip::ElasticIp,
        nat_gateway::NatGateway,
        route_table::RouteTable,
        route_table_association::RouteTableAssociation,
        route::Route,
        security_group::SecurityGroup,
        no_egress::NoEgress,
        ingress_rule::IngressRule,
    }
    ecs {
        cluster::Cluster,
        capacity_providers::CapacityProviders,
        task_definition::TaskDefinition,
        one_off_task::OneOffTask,
        service::Service,
    }
    efs {
        file_system::FileSystem,
        lifecycle::Lifecycle,
        file_system_policy::FileSystemPolicy,
        mount_target::MountTarget,
        access_point::AccessPoint,
    }
    elasticache {
        cache_subnet_group::CacheSubnetGroup,
        replication_group::ReplicationGroup,
    }
    elb {
        load_balancer::LoadBalancer,
        target_group::TargetGroup,
        deregistration_delay::DeregistrationDelay,
        listener::Listener,
        private_link_rules::PrivateLinkRules,
    }
    iam {
        role::Role,
        role_policy::RolePolicy,
        role_policy_attachment::RolePolicyAttachment,
        service_linked_role::ServiceLinkedRole,
    }
    kinesis {
        stream::Stream,
        stream_retention::StreamRetention,
        stream_encryption::StreamEncryption,
        shard_metrics::ShardMetrics,
    }
    kms {
        key::Key,
        alias::Alias,
        key_rotation::KeyRotation,
    }
    logs {
        log_group::LogGroup,
        service_log_group::ServiceLogGroup,
        retention::Retention,
    }
    rds {
        subnet_group::DbSubnetGroup,
        parameter_group::DbParameterGroup,
        parameters::DbParameters,
        instance::DbInstance,
        cluster_parameter_group::DbClusterParameterGroup,
        cluster_parameters::DbClusterParameters,
        cluster::DbCluster,
        cluster_instance::DbClusterInstance,
        migration::Migration,
    }
    s3 {
        bucket::Bucket,
        bucket_versioning::BucketVersioning,
        bucket_encryption::BucketEncryption,
        public_access_block::PublicAccessBlock,
        bucket_expiry::BucketExpiry,
        trail_bucket_policy::TrailBucketPolicy,
    }
    scaling {
        scalable_target::ScalableTarget,
        scaling_policy::ScalingPolicy,
        step_policy::StepPolicy,
    }
    secrets {
        generated_secret::GeneratedSecret,
        connection_details::ConnectionDetails,
        rotation::Rotation,
    }
    sns {
        topic::Topic,
        topic_policy::TopicPolicy,
        subscription::Subscription,
    }
    sqs {
        queue::Queue,
        queue_policy::QueuePolicy,
    }
}

/// The id in the response to a create call. If it is missing or truncated, the call may still have created a resource,
/// so the error is `Unclear` and the engine searches for it.
pub(crate) fn id(answered: Option<String>, what: &str) -> Result<PhysicalId> {
    match answered {
        Some(id) if is_id(&id) => Ok(PhysicalId(id)),
        Some(_) => Err(Error::new(
            Class::Unclear,
            format!("learn the id of the {what}: the answer contains an incomplete one"),
        )),
        None => Err(Error::new(Class::Unclear, format!("learn the id of the {what}: the answer has none"))),
    }
}

/// The prefixes of EC2 and EFS ids; 8 or 17 hexadecimal digits follow:
/// [resource ids](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html)
const NUMBERED: [&str; 12] =
    ["eipalloc", "fs", "fsap", "fsmt", "igw", "nat", "rtb", "rtbassoc", "sg", "sgr", "subnet", "vpc"];

/// Whether `id` is well-formed: printable ASCII without spaces, the right number of digits after a known prefix, and a
/// resource part in an ARN.
fn is_id(id: &str) -> bool {
    let numbered = |(prefix, digits): (&str, &str)| {
        !NUMBERED.contains(&prefix) || (matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let named = |arn: &str| arn.splitn(5, ':').nth(4).is_some_and(|resource| !resource.is_empty());
    !id.is_empty()
        && id.bytes().all(|b| b.is_ascii_graphic())
        && !id.ends_with(['-', ':', '/'])
        && id.split_once('-').is_none_or(numbered)
        && id.strip_prefix("arn:").is_none_or(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_an_id_is_none() {
        let whole = [
            "vpc-0123456789abcdef0",
            "vpc-01234567",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "a1b2c3d4e5",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
            "arn:aws:sns:eu-west-1:123456789012:topic",
        ];
        let op =
            ["", "vpc-", "vpc-0123", "vpc-0123456789abcdef", "arn:aws:sns:eu-west-1:", "arn:aws:sns", "a b", "a\nb"];
        let class = |given: &str| id(Some(given.into()), "thing").err().map(|e| e.class);
        assert!(whole.iter().all(|given| class(given).is_none()));
        for given in op {
            assert_eq!(class(given), Some(Class::Unclear), "{given}");
        }
        assert_eq!(id(None, "thing").err().map(|e| e.class), Some(Class::Unclear));
    }

    /// The kinds whose data cannot be recreated from the spec. All other kinds are settings or can be recreated
    /// unchanged: a cluster instance keeps no data itself, a trail's files are in its bucket, connection details are
    /// assembled from other nodes, and an access point's files belong to the file system.
    const HOLD_DATA: [&str; 11] = [
        "efs:file-system",
        "elasticache:replication-group",
        "kinesis:stream",
        "kms:key",
        "logs:log-group",
        "logs:service-log-group",
        "rds:cluster",
        "rds:instance",
        "s3:bucket",
        "secrets:generated-secret",
        "sqs:queue",
    ];

    #[test]
    fn every_kind_that_holds_data_says_what_is_lost_with_it() {
        let mut losing: Vec<&str> = KINDS.iter().filter(|k| k.data_loss().is_some()).map(|k| k.name()).collect();
        losing.sort_unstable();
        assert_eq!(losing, HOLD_DATA);
    }
}
