//! The not-found errors of each service.

use crate::context::Refusal;

/// The answer of the service to a call on a resource that does not exist; `None` where the service has no such answer.
/// EC2: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>; the others: the page of the
/// operation.
pub(crate) fn unfound(service: &str, operation: &str) -> Option<Refusal> {
    let (code, status) = match service {
        "EC2" => (ec2(operation), 400),
        "RDS" => (rds(operation), 404),
        "Elastic Load Balancing v2" => (elbv2(operation), 400),
        "ElastiCache" if operation.contains("SubnetGroup") => ("CacheSubnetGroupNotFoundFault", 400),
        "ElastiCache" => ("ReplicationGroupNotFoundFault", 404),
        "ECS" if operation.contains("TaskDefinition") => return None,
        "ECS" if operation.ends_with("Cluster") => ("ClusterNotFoundException", 400),
        "ECS" => ("ServiceNotFoundException", 400),
        "EFS" if operation.contains("MountTarget") => ("MountTargetNotFound", 404),
        "EFS" if operation.contains("AccessPoint") => ("AccessPointNotFound", 404),
        "EFS" => ("FileSystemNotFound", 404),
        "IAM" => ("NoSuchEntity", 404),
        "S3" => ("NoSuchBucket", 404),
        "SNS" => ("NotFound", 404),
        "SQS" => ("QueueDoesNotExist", 400),
        "CloudTrail" => ("TrailNotFoundException", 400),
        "CloudWatch" => ("ResourceNotFound", 404),
        "Application Auto Scaling" => ("ObjectNotFoundException", 400),
        "KMS" => ("NotFoundException", 400),
        "API Gateway" => ("NotFoundException", 404),
        "Kinesis" | "CloudWatch Logs" | "Secrets Manager" => ("ResourceNotFoundException", 400),
        _ => return None,
    };
    Some(Refusal::new(code, "There is no such thing.").status(status))
}

fn ec2(operation: &str) -> &'static str {
    match operation {
        "DeleteNatGateway" => "NatGatewayNotFound",
        "ReleaseAddress" => "InvalidAllocationID.NotFound",
        "DeleteSubnet" => "InvalidSubnetID.NotFound",
        "DeleteVpc" => "InvalidVpcID.NotFound",
        "DeleteRouteTable" => "InvalidRouteTableID.NotFound",
        "DeleteRoute" => "InvalidRoute.NotFound",
        "DisassociateRouteTable" => "InvalidAssociationID.NotFound",
        "DetachInternetGateway" | "DeleteInternetGateway" => "InvalidInternetGatewayID.NotFound",
        _ => "InvalidGroup.NotFound",
    }
}

fn rds(operation: &str) -> &'static str {
    match operation {
        _ if operation.contains("SubnetGroup") => "DBSubnetGroupNotFoundFault",
        _ if operation.contains("ParameterGroup") => "DBParameterGroupNotFound",
        _ if operation.contains("DBCluster") => "DBClusterNotFoundFault",
        _ => "DBInstanceNotFound",
    }
}

fn elbv2(operation: &str) -> &'static str {
    match operation {
        _ if operation.contains("TargetGroup") => "TargetGroupNotFound",
        _ if operation.contains("Listener") => "ListenerNotFound",
        _ => "LoadBalancerNotFound",
    }
}
