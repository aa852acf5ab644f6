//! The instances of a cluster.

use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};
use aws_sdk_rds::operation::delete_db_instance::{DeleteDbInstanceInput, DeleteDbInstanceOutput};

use crate::context::{Context, Refusal};
use crate::law::{Basis, Law};
use crate::rds::laws::creation::combination;
use crate::rds::laws::unless;
use crate::rds::lifecycle::cluster_status;
use crate::rds::{Cluster, Instance, is_class};
use crate::typed::{Step, before};

const CREATE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html";
const CLASSES: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeOrderableDBInstanceOptions.html";

type Made = Step<CreateDbInstanceOutput>;
type Gone = Step<DeleteDbInstanceOutput>;

pub(super) fn laws() -> Vec<Law> {
    vec![
        Law::documented(
            "rds/member-of-nothing",
            "an instance is made in a cluster that is there and stays",
            CREATE,
            before(of_nothing),
        ),
        Law::documented(
            "rds/class-offered",
            "instances are made of classes AWS has for the engine",
            CLASSES,
            before(class),
        ),
        Law::assumed(
            "rds/member-without-capacity",
            "a Serverless v2 instance needs a cluster with a capacity range",
            "the error's words are known to users of AWS; no page of AWS states the code",
            before(without_capacity),
        ),
        Law::reported(
            "rds/member-final-snapshot",
            "the deletion of a cluster's instance names no snapshot",
            "cloud-custodian/cloud-custodian#1153",
            before(final_snapshot),
        ),
        Law::documented_only(
            "rds/secret-of-a-cluster-without-members",
            "the secret of a cluster's password is being created until the cluster has an instance",
            Basis::Reported,
            "aws-cloudformation/aws-cloudformation-resource-providers-rds, DBCluster: isMasterUserSecretStabilized",
        ),
        Law::assumed(
            "rds/member-of-a-stopped-cluster",
            "an instance of a cluster that does not run cannot be deleted",
            "AWS says of a stopped cluster only that it must be started before most changes",
            before(stopped),
        ),
    ]
}

fn of_nothing(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let Some(id) = input.db_cluster_identifier() else {
        return Step::Pass;
    };
    if context.recall::<Cluster>(id).is_none() {
        let message = format!("Could not find DB cluster identified by {id}");
        return Step::Refuse(Refusal::new("DBClusterNotFoundFault", message));
    }
    unless(
        (cluster_status(context, id) == "deleting")
            .then(|| Refusal::new("InvalidDBClusterStateFault", format!("DB cluster {id} is being deleted."))),
    )
}

fn class(_: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let (engine, class) = (input.engine().unwrap_or_default(), input.db_instance_class().unwrap_or_default());
    unless((!is_class(engine, class)).then(|| {
        combination(&format!(
            "RDS does not support creating a DB instance with the following combination: DBInstanceClass={class}, \
             Engine={engine}."
        ))
    }))
}

fn without_capacity(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let cluster = input.db_cluster_identifier().and_then(|id| context.recall::<Cluster>(id));
    let serverless = input.db_instance_class() == Some("db.serverless");
    unless(cluster.filter(|cluster| serverless && cluster.capacity.is_none()).map(|_| {
        let message = "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless \
                       v2 DB instance.";
        Refusal::new("InvalidDBClusterStateFault", message)
    }))
}

fn cluster_of(context: &Context<'_>, input: &DeleteDbInstanceInput) -> Option<String> {
    context.recall::<Instance>(input.db_instance_identifier().unwrap_or_default())?.cluster
}

fn final_snapshot(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Gone {
    let named = cluster_of(context, input).filter(|_| input.final_db_snapshot_identifier().is_some());
    unless(
        named.map(|_| combination("FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance")),
    )
}

fn stopped(context: &mut Context<'_>, input: &DeleteDbInstanceInput) -> Gone {
    let status = cluster_of(context, input).map(|cluster| cluster_status(context, &cluster));
    let halted = status.filter(|status| ["stopping", "stopped", "starting"].contains(&status.as_str()));
    unless(halted.map(|status| {
        Refusal::new("InvalidDBInstanceState", format!("The instance's cluster is {status}; start the cluster first."))
    }))
}
