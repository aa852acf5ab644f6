//! A fresh account: refusals while service-linked roles are missing or new.
//!
//! Most services create their role on first use, and refuse that use, or the next ones, until they can assume it.
//! ElastiCache, and RDS for a subnet group, only refuse.

use aws_sdk_elasticache::operation::create_cache_subnet_group::{
    CreateCacheSubnetGroupInput, CreateCacheSubnetGroupOutput,
};
use aws_sdk_elasticache::operation::create_replication_group::{
    CreateReplicationGroupInput, CreateReplicationGroupOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::create_load_balancer::{
    CreateLoadBalancerInput, CreateLoadBalancerOutput,
};
use aws_sdk_rds::operation::create_db_cluster::{CreateDbClusterInput, CreateDbClusterOutput};
use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};
use aws_sdk_rds::operation::create_db_subnet_group::{CreateDbSubnetGroupInput, CreateDbSubnetGroupOutput};

use super::{Basis, Law};
use crate::context::{Context, Refusal};
use crate::mends::apigateway::{API, logging_role};
use crate::mends::linked::{API_GATEWAY, BALANCING, CACHE, CONTAINERS, DATABASE, FILES, SCALING, arn, see_to, serves};
use crate::typed::{Step, before};
use crate::wire::{Ask, Verdict, WireRule};

const ROLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html";

pub(super) fn laws() -> Vec<Law> {
    let mut laws = of_databases_and_caches();
    laws.extend(of_containers());
    laws.extend(of_others());
    laws
}

fn of_databases_and_caches() -> Vec<Law> {
    const CACHES: &str = "aws-controllers-k8s/community#367";
    vec![
        Law::reported(
            "rds/subnet-group-needs-role",
            "a DB subnet group cannot be made in an account without RDS's service-linked role; asking does not make it",
            "terraform-aws-modules/terraform-aws-rds#364, crossplane-contrib/provider-aws#479",
            before(subnet_group),
        ),
        Law::reported(
            "rds/instance-needs-role",
            "an instance cannot be made before RDS can use its service-linked role, which it makes then",
            "aws-samples/eks-workshop-v2#1609",
            before(instance),
        ),
        Law::reported(
            "rds/cluster-needs-role",
            "a cluster cannot be made before RDS can use its service-linked role, which it makes then",
            "hashicorp/terraform-provider-aws#10100",
            before(cluster),
        ),
        Law::reported(
            "elasticache/subnet-group-needs-role",
            "a cache subnet group cannot be made in an account without ElastiCache's service-linked role",
            CACHES,
            before(cache_subnet_group),
        ),
        Law::reported(
            "elasticache/group-needs-role",
            "a cache cannot be made in an account without ElastiCache's service-linked role",
            CACHES,
            before(cache),
        ),
    ]
}

fn of_containers() -> Vec<Law> {
    const TARGETS: &str = "trussworks/terraform-aws-ecs-service#335; hashicorp/terraform-provider-aws, \
                           internal/service/ecs/service.go, which asks again for minutes";
    const SCALED: &str = "aws-samples/amazon-bedrock-samples#253; hashicorp/terraform-provider-aws, \
                          internal/service/appautoscaling, which asks again for two minutes";
    let ecs = |operation, rule| WireRule::before("ECS", operation, rule);
    let scaling = |operation, rule| WireRule::before("Application Auto Scaling", operation, rule);
    vec![
        Law::reported(
            "ecs/cluster-needs-role",
            "a cluster cannot be made before ECS can use its service-linked role, which it makes then",
            "aws-cloudformation/cloudformation-coverage-roadmap#818",
            ecs("CreateCluster", ecs_cluster),
        ),
        Law::reported(
            "ecs/service-needs-role",
            "a service with a target group cannot be made before ECS can use its service-linked role",
            TARGETS,
            ecs("CreateService", ecs_service),
        ),
        Law::reported(
            "ecs/update-needs-role",
            "a service cannot be given a target group before ECS can use its service-linked role",
            TARGETS,
            ecs("UpdateService", ecs_service),
        ),
        Law::reported(
            "autoscaling/target-needs-role",
            "a target cannot be registered before its service-linked role can be assumed, which is made then",
            SCALED,
            scaling("RegisterScalableTarget", scaled),
        ),
        Law::reported(
            "autoscaling/policy-needs-role",
            "a policy cannot be put before the service-linked role can be assumed",
            SCALED,
            scaling("PutScalingPolicy", scaled),
        ),
    ]
}

fn of_others() -> Vec<Law> {
    vec![
        Law::documented(
            "elbv2/makes-its-role",
            "Elastic Load Balancing makes its service-linked role with an account's first load balancer",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-service-linked-roles.html",
            before(balancer),
        ),
        Law::documented(
            "efs/makes-its-role",
            "EFS makes its service-linked role with an account's first mount target",
            "https://docs.aws.amazon.com/efs/latest/ug/using-service-linked-roles.html",
            WireRule::before("EFS", "CreateMountTarget", mount_target),
        ),
        Law::documented(
            "apigateway/makes-its-role",
            "API Gateway makes its service-linked role with an account's first VPC link",
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html",
            WireRule::before("API Gateway", "CreateVpcLink", link),
        ),
        Law::reported(
            "apigateway/never-used",
            "in an account that never had an API there are no account settings to look at",
            "a recording of 2018 in capitalone/cloud-custodian",
            WireRule::before("API Gateway", "GetAccount", never_used),
        ),
        Law::documented_only(
            "iam/service-linked-role-taken",
            "a service has one role in an account: asked for a second one, IAM refuses",
            Basis::Documented,
            ROLES,
        ),
    ]
}

fn unless<O>(served: bool, refusal: impl FnOnce() -> Refusal) -> Step<O> {
    if served { Step::Pass } else { Step::Refuse(refusal()) }
}

fn unless_served(served: bool, refusal: impl FnOnce() -> Refusal) -> Verdict {
    if served { Verdict::Pass } else { Verdict::Refuse(refusal()) }
}

fn subnet_group(context: &mut Context<'_>, _: &CreateDbSubnetGroupInput) -> Step<CreateDbSubnetGroupOutput> {
    unless(serves(context, DATABASE), || {
        let page = "http://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html";
        Refusal::new("InvalidParameterValue", format!("Missing necessary credentials. Please check {page}"))
    })
}

/// RDS creates its role now, and refuses until it can use it.
fn database<O>(context: &mut Context<'_>) -> Step<O> {
    see_to(context, DATABASE);
    unless(serves(context, DATABASE), || {
        let message = "Unable to create the resource. Verify that you have permission to create service linked role. \
                       Otherwise wait and try again later";
        Refusal::new("InvalidParameterValue", message)
    })
}

fn instance(context: &mut Context<'_>, _: &CreateDbInstanceInput) -> Step<CreateDbInstanceOutput> {
    database(context)
}

fn cluster(context: &mut Context<'_>, _: &CreateDbClusterInput) -> Step<CreateDbClusterOutput> {
    database(context)
}

fn cached<O>(context: &mut Context<'_>) -> Step<O> {
    unless(serves(context, CACHE), || {
        let message = "This action cannot be completed due to insufficient permissions. (Recommended action) Please \
                       create new role using IAM API CreateServiceLinkedRole.";
        Refusal::new("ServiceLinkedRoleNotFoundFault", message)
    })
}

fn cache_subnet_group(
    context: &mut Context<'_>,
    _: &CreateCacheSubnetGroupInput,
) -> Step<CreateCacheSubnetGroupOutput> {
    cached(context)
}

fn cache(context: &mut Context<'_>, _: &CreateReplicationGroupInput) -> Step<CreateReplicationGroupOutput> {
    cached(context)
}

fn ecs_cluster(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    see_to(context, CONTAINERS);
    unless_served(serves(context, CONTAINERS), || {
        let message =
            "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";
        Refusal::new("InvalidParameterException", message)
    })
}

fn ecs_service(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let balanced = ask.json["loadBalancers"].as_array().is_some_and(|all| !all.is_empty());
    unless_served(!balanced || serves(context, CONTAINERS), || {
        let message = "Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS \
                       service role being passed has the proper permissions.";
        Refusal::new("InvalidParameterException", message)
    })
}

fn scaled(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    if ask.text("ServiceNamespace") != "ecs" {
        return Verdict::Pass;
    }
    see_to(context, SCALING);
    unless_served(serves(context, SCALING), || {
        Refusal::new("ValidationException", format!("Unable to assume IAM role: {}", arn(SCALING)))
    })
}

fn balancer(context: &mut Context<'_>, _: &CreateLoadBalancerInput) -> Step<CreateLoadBalancerOutput> {
    see_to(context, BALANCING);
    Step::Pass
}

fn mount_target(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    see_to(context, FILES);
    Verdict::Pass
}

fn link(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    see_to(context, API_GATEWAY);
    Verdict::Pass
}

fn never_used(context: &mut Context<'_>, _: &mut Ask) -> Verdict {
    let used = logging_role(context).is_some() || !context.documents(API).is_empty();
    unless_served(used || !context.conditions.fresh, || {
        Refusal::new("NotFoundException", "Invalid Customer identifier specified").status(404)
    })
}
