//! The service-linked role in a fresh account. RDS creates it with the first instance or cluster, and refuses until it
//! can assume it; for a subnet group it only refuses.

use aws_sdk_rds::operation::create_db_cluster::{CreateDbClusterInput, CreateDbClusterOutput};
use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};
use aws_sdk_rds::operation::create_db_subnet_group::{CreateDbSubnetGroupInput, CreateDbSubnetGroupOutput};

use super::unless;
use crate::context::{Context, Refusal};
use crate::cross_service::linked_roles::{DATABASE, see_to, serves};
use crate::law::Law;
use crate::typed::{Step, before};

pub(super) fn laws() -> Vec<Law> {
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
    ]
}

fn subnet_group(context: &mut Context<'_>, _: &CreateDbSubnetGroupInput) -> Step<CreateDbSubnetGroupOutput> {
    unless((!serves(context, DATABASE)).then(|| {
        let page = "http://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html";
        Refusal::new("InvalidParameterValue", format!("Missing necessary credentials. Please check {page}"))
    }))
}

/// RDS creates its role now, and refuses until it can use it.
fn database<O>(context: &mut Context<'_>) -> Step<O> {
    see_to(context, DATABASE);
    unless((!serves(context, DATABASE)).then(|| {
        let message = "Unable to create the resource. Verify that you have permission to create service linked role. \
                       Otherwise wait and try again later";
        Refusal::new("InvalidParameterValue", message)
    }))
}

fn instance(context: &mut Context<'_>, _: &CreateDbInstanceInput) -> Step<CreateDbInstanceOutput> {
    database(context)
}

fn cluster(context: &mut Context<'_>, _: &CreateDbClusterInput) -> Step<CreateDbClusterOutput> {
    database(context)
}
