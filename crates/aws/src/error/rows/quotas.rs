//! The name of an exhausted quota in the Service Quotas console.
//! [Quotas](https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html)
use super::{Refusal, bare};

/// Keyed by service and code. The console lists each quota under the service in parentheses.
const QUOTAS: &[(&str, &str, &str)] = &[
    ("CloudTrail", "MaximumNumberOfTrailsExceededException", "Trails per region (AWS CloudTrail)"),
    ("EC2", "AddressLimitExceeded", "EC2-VPC Elastic IPs (Amazon EC2)"),
    ("EC2", "InternetGatewayLimitExceeded", "Internet gateways per Region (Amazon VPC)"),
    ("EC2", "NatGatewayLimitExceeded", "NAT gateways per Availability Zone (Amazon VPC)"),
    ("EC2", "RouteLimitExceeded", "Routes per route table (Amazon VPC)"),
    ("EC2", "RouteTableLimitExceeded", "Route tables per VPC (Amazon VPC)"),
    ("EC2", "RulesPerSecurityGroupLimitExceeded", "Inbound or outbound rules per security group (Amazon VPC)"),
    ("EC2", "SecurityGroupLimitExceeded", "VPC security groups per Region (Amazon VPC)"),
    ("EC2", "SubnetLimitExceeded", "Subnets per VPC (Amazon VPC)"),
    ("EC2", "VpcLimitExceeded", "VPCs per Region (Amazon VPC)"),
    ("EFS", "AccessPointLimitExceeded", "Access points per file system (Amazon EFS)"),
    ("EFS", "FileSystemLimitExceeded", "File systems per account (Amazon EFS)"),
    ("EFS", "NetworkInterfaceLimitExceeded", "Network interfaces per Region (Amazon VPC)"),
    ("ElastiCache", "CacheSubnetGroupQuotaExceeded", "Subnet groups per Region (Amazon ElastiCache)"),
    ("ElastiCache", "ClusterQuotaForCustomerExceeded", "Nodes per Region (Amazon ElastiCache)"),
    ("ElastiCache", "NodeQuotaForClusterExceeded", "Nodes per cluster (Amazon ElastiCache)"),
    ("ElastiCache", "NodeQuotaForCustomerExceeded", "Nodes per Region (Amazon ElastiCache)"),
    ("Elastic Load Balancing v2", "TooManyListeners", "Listeners per Network Load Balancer (Elastic Load Balancing)"),
    ("Elastic Load Balancing v2", "TooManyLoadBalancers", "Network Load Balancers per Region (Elastic Load Balancing)"),
    ("Elastic Load Balancing v2", "TooManyTargetGroups", "Target Groups per Region (Elastic Load Balancing)"),
    ("IAM", "LimitExceeded", "Roles per account (AWS IAM)"),
    ("KMS", "LimitExceededException", "Customer Master Keys (CMKs) (AWS KMS)"),
    ("RDS", "DBClusterParameterGroupQuotaExceeded", "DB cluster parameter groups (Amazon RDS)"),
    ("RDS", "DBClusterQuotaExceededFault", "DB clusters (Amazon RDS)"),
    ("RDS", "DBParameterGroupQuotaExceeded", "Parameter groups (Amazon RDS)"),
    ("RDS", "DBSubnetGroupQuotaExceeded", "DB subnet groups (Amazon RDS)"),
    ("RDS", "InstanceQuotaExceeded", "DB instances (Amazon RDS)"),
    ("RDS", "StorageQuotaExceeded", "Total storage for all DB instances (Amazon RDS)"),
    ("S3", "TooManyBuckets", "General purpose buckets (Amazon S3)"),
    ("SNS", "TopicLimitExceeded", "Topics per Account (Amazon SNS)"),
];

/// The name of the quota, if known.
pub(crate) fn quota(of: &Refusal<'_>) -> Option<&'static str> {
    let is = |(service, code, _): &&(&str, &str, &str)| *service == of.service && bare(code) == bare(of.code);
    QUOTAS.iter().find(is).map(|(_, _, name)| *name)
}
