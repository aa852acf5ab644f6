//! The checks of RDS before it creates an instance.

use aws_sdk_rds::operation::create_db_instance::{CreateDbInstanceInput, CreateDbInstanceOutput};

use super::{no_subnet_group, parameters, unless};
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::cross_service::{network, principals};
use crate::kms::usage;
use crate::law::Law;
use crate::rds::{Instance, Located, is_offered};
use crate::typed::{Step, before};

const CREATE: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html";
const VERSIONS: &str =
    "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html";
const MONITORING: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html";
/// The range of gp3 storage for PostgreSQL in GiB.
const GP3: std::ops::RangeInclusive<i32> = 20..=65_536;

type Made = Step<CreateDbInstanceOutput>;

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, rule: fn(&mut Context<'_>, &CreateDbInstanceInput) -> Made| {
        Law::documented(name, says, CREATE, before(rule))
    };
    vec![
        documented(
            "rds/identifier",
            "the identifier of an instance has letters, digits and single hyphens",
            identifier,
        ),
        documented("rds/identifier-taken", "an identifier is taken while its instance is there or leaves", taken),
        documented(
            "rds/password",
            "a master password has 8 to 128 characters, none of them / @ \" or a space",
            password,
        ),
        documented("rds/password-twice", "a master password is given or managed by RDS, not both", password_twice),
        documented("rds/storage-size", "gp3 storage has 20 GiB at least", storage),
        documented("rds/backup-days", "automated backups reach back 35 days at most", backup_days),
        Law::documented(
            "rds/version-offered",
            "instances are made of versions that AWS still offers",
            VERSIONS,
            before(version),
        ),
        documented("rds/unknown-subnet-group", "an instance is in a DB subnet group that exists", subnet_group),
        documented("rds/unknown-parameter-group", "it uses a parameter group that is there", parameter_group),
        Law::reported(
            "rds/unknown-security-group",
            "it is in security groups that are there",
            "aws/aws-cli#574",
            before(security_groups),
        ),
        Law::reported(
            "rds/security-group-elsewhere",
            "its security groups are in the VPC of its subnets",
            "terraform-aws-modules/terraform-aws-rds#395",
            before(one_vpc),
        ),
        Law::documented(
            "rds/monitoring-role",
            "enhanced monitoring needs a role that RDS knows; a new one may be unknown for a moment",
            MONITORING,
            before(monitoring_role),
        ),
        documented("rds/key", "it is encrypted with a key that is there and in use", key),
        documented("rds/no-capacity", "a zone may have no such instance class now (by request)", capacity),
    ]
}

pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

pub(super) fn combination(message: &str) -> Refusal {
    Refusal::new("InvalidParameterCombination", message)
}

/// Whether the identifier has a letter first, then letters, digits and single hyphens, 63 characters at most.
pub(super) fn is_identifier(id: &str) -> bool {
    let good = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    good && id.len() <= 63
        && id.starts_with(|c: char| c.is_ascii_alphabetic())
        && !id.ends_with('-')
        && !id.contains("--")
}

fn identifier(_: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    unless((!is_identifier(input.db_instance_identifier().unwrap_or_default())).then(|| {
        invalid(
            "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; must \
             contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two \
             consecutive hyphens.",
        )
    }))
}

fn taken(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let id = input.db_instance_identifier().unwrap_or_default();
    let taken = context.all::<Instance>().iter().any(|(known, _)| known.eq_ignore_ascii_case(id));
    unless(taken.then(|| Refusal::new("DBInstanceAlreadyExists", "DB instance already exists")))
}

fn password(_: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let Some(password) = input.master_user_password() else {
        return Step::Pass;
    };
    if !(8..=128).contains(&password.len()) {
        let message = "The parameter MasterUserPassword is not a valid password because it is shorter than 8 \
                       characters or longer than 128.";
        return Step::Refuse(invalid(message));
    }
    let good = password.chars().all(|c| c.is_ascii_graphic() && !"/@\"".contains(c));
    unless((!good).then(|| {
        invalid(
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', \
             '@', '\"', ' ' may be used.",
        )
    }))
}

fn password_twice(_: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let twice = input.manage_master_user_password() == Some(true) && input.master_user_password().is_some();
    unless(twice.then(|| {
        let message = "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled.";
        Refusal::new("InvalidParameterCombination", message)
    }))
}

fn storage(_: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let gp3 = input.storage_type() == Some("gp3");
    let size = input.allocated_storage().filter(|size| gp3 && !GP3.contains(size));
    unless(
        size.map(|size| invalid(format!("Invalid storage size for engine name postgres and storage type gp3: {size}"))),
    )
}

fn backup_days(_: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let days = input.backup_retention_period().filter(|days| !(0..=35).contains(days));
    unless(days.map(|days| invalid(format!("Invalid backup retention period: {days}. Must be between 0 and 35 days"))))
}

fn version(_: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let postgres = input.engine() == Some("postgres");
    let gone = input.engine_version().filter(|version| postgres && !is_offered("postgres", version));
    unless(gone.map(|version| combination(&format!("Cannot find version {version} for postgres"))))
}

fn subnet_group(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    unless(input.db_subnet_group_name().and_then(|name| no_subnet_group(context, name)))
}

fn parameter_group(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let unknown = input.db_parameter_group_name().filter(|name| !parameters::is_there(context, name));
    unless(unknown.map(|name| Refusal::new("DBParameterGroupNotFound", format!("DBParameterGroup not found: {name}"))))
}

/// AWS's refusal of an unknown security group.
pub(super) fn unknown_group(context: &Context<'_>, groups: &[String]) -> Option<Refusal> {
    let unknown = network::unknown_group(context, groups)?;
    Some(invalid(format!("Invalid security group , groupId= {unknown}, groupName=.")))
}

fn security_groups(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    unless(unknown_group(context, input.vpc_security_group_ids()))
}

/// AWS's refusal of a security group outside the VPC of the subnet group.
pub(super) fn stray_group(context: &Context<'_>, subnet_group: Option<&str>, groups: &[String]) -> Option<Refusal> {
    let vpc = context.recall::<Located>(subnet_group?)?.vpc?;
    let (_, other) = network::stray_group(context, groups, &vpc)?;
    let message = format!(
        "The DB instance and EC2 security group are in different VPCs. The DB instance is in {vpc} and the EC2 \
         security group is in {other}"
    );
    Some(combination(&message))
}

fn one_vpc(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    unless(stray_group(context, input.db_subnet_group_name(), input.vpc_security_group_ids()))
}

fn monitoring_role(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let role = input.monitoring_role_arn().filter(|role| !principals::is_role_settled(context, role));
    unless(role.map(|_| {
        invalid("IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING")
    }))
}

fn key(context: &mut Context<'_>, input: &CreateDbInstanceInput) -> Made {
    let keys = [input.kms_key_id(), input.performance_insights_kms_key_id()];
    let bad = keys.into_iter().flatten().find(|key| !usage::is_usable(context, key));
    unless(bad.map(|key| {
        let message = format!(
            "The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
        );
        Refusal::new("KMSKeyNotAccessibleFault", message)
    }))
}

fn capacity(context: &mut Context<'_>, _: &CreateDbInstanceInput) -> Made {
    unless(context.goes_wrong(Incident::DatabaseWithoutCapacity).then(|| {
        let message = "The requested DB instance class is not available in the Availability Zone now.";
        Refusal::new("InsufficientDBInstanceCapacity", message)
    }))
}
