//! Every name derived from a suffix, with the longest suffix in the regions with the longest names, checked against the
//! service's own naming rules. A name without a rule in the table fails, so none can be forgotten.
use crate::{harness::suffix, load};
use serde_json::Value;
use std::collections::BTreeSet;
use vidpipe_aws::Facts;
use vidpipe_engine::Outputs;
use vidpipe_pipelines::suffix::LONGEST;

/// A suffix of maximum length.
const SUFFIX: &str = "eighteen-letters-x";
/// The longest of the `aws` partition; the longest of any partition, by botocore's `endpoints.json`; and the common
/// ones.
const REGIONS: [&str; 6] =
    ["ap-northeast-1", "ap-southeast-1", "us-isof-south-1", "us-gov-west-1", "eu-central-1", "us-east-1"];

/// The naming rule of a service.
struct Rule {
    kind: &'static str,
    /// The position of the name in the kind's spec.
    at: &'static str,
    most: usize,
    allowed: fn(char) -> bool,
    /// Starts with a letter, does not end with a hyphen and has no two consecutive hyphens.
    like_an_identifier: bool,
}

const fn rule(kind: &'static str, at: &'static str, most: usize, allowed: fn(char) -> bool) -> Rule {
    Rule { kind, at, most, allowed, like_an_identifier: false }
}

const fn identifier(kind: &'static str, at: &'static str, most: usize) -> Rule {
    Rule { kind, at, most, allowed: lower, like_an_identifier: true }
}

/// Letters, digits and hyphens, of which the service stores only lower-case ones.
fn lower(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}
fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}
fn word(c: char) -> bool {
    plain(c) || c == '_'
}
fn dotted(c: char) -> bool {
    word(c) || c == '.'
}
fn log_or_arn(c: char) -> bool {
    log(c) || c == ':'
}
fn iam(c: char) -> bool {
    word(c) || "+=,.@".contains(c)
}
fn tag(c: char) -> bool {
    c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c)
}
fn group(c: char) -> bool {
    c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c)
}
fn secret(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/_+=.@-".contains(c)
}
fn log(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".-_/#".contains(c)
}
fn alias(c: char) -> bool {
    c.is_ascii_alphanumeric() || ":/_-".contains(c)
}
fn printable(c: char) -> bool {
    c == ' ' || c.is_ascii_graphic()
}

/// The value of a tag: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions>
const fn tagged(kind: &'static str) -> Rule {
    rule(kind, "/name", 256, tag)
}

/// The services' limits, by the members of their API models (in botocore) and their documentation.
const RULES: &[Rule] = &[
    // Identified by AWS's ids; the name is only the tag `Name`. So are those of EC2 that have no rule of their own.
    tagged("elb:listener"),
    tagged("kms:key"),
    tagged("efs:file-system"),
    tagged("efs:access-point"),
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html (GroupName)
    rule("ec2:security-group", "/name", 255, group),
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (Name)
    Rule { kind: "elb:load-balancer", at: "/name", most: 32, allowed: plain, like_an_identifier: true },
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html (Name)
    Rule { kind: "elb:target-group", at: "/name", most: 32, allowed: plain, like_an_identifier: true },
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (roleNameType)
    rule("iam:role", "/name", 64, iam),
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (DBInstanceIdentifier)
    identifier("rds:instance", "/name", 63),
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html
    identifier("rds:parameter-group", "/name", 255),
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html
    identifier("rds:subnet-group", "/name", 255),
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html (DBClusterIdentifier)
    identifier("rds:cluster", "/name", 63),
    identifier("rds:cluster-instance", "/name", 63),
    // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterParameterGroup.html
    identifier("rds:cluster-parameter-group", "/name", 255),
    // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html (StreamName)
    rule("kinesis:stream", "/name", 128, dotted),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html (QueueName)
    rule("sqs:queue", "/name", 80, word),
    // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html (Name; DisplayName)
    rule("sns:topic", "/name", 256, word),
    rule("sns:topic", "/display_name", 100, printable),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    identifier("s3:bucket", "/name", 63),
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html (Name)
    Rule { kind: "cloudtrail:trail", at: "/name", most: 128, allowed: dotted, like_an_identifier: true },
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html (TrailARN)
    rule("s3:trail-bucket-policy", "/trail_arn", 256, log_or_arn),
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    identifier("elasticache:replication-group", "/name", 40),
    // https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html
    identifier("elasticache:subnet-group", "/name", 255),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html (clusterName)
    rule("ecs:cluster", "/name", 255, word),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html (serviceName)
    rule("ecs:service", "/name", 255, word),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html (family)
    rule("ecs:task-definition", "/family", 255, word),
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (name)
    rule("ecs:task-definition", "/container/name", 255, word),
    rule("ecs:service", "/load_balancer/container_name", 255, word),
    rule("ecs:one-off-task", "/container", 255, word),
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html (LogGroupName)
    rule("logs:log-group", "/name", 512, log),
    rule("logs:service-log-group", "/name", 512, log),
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (Name). It warns of names
    // that end in a hyphen and six characters, as these do with a suffix of six: a search by partial ARN may confuse
    // them. We search by whole names and whole ARNs only.
    rule("secrets:generated-secret", "/name", 512, secret),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (AlarmName)
    rule("cloudwatch:alarm", "/name", 255, printable),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html (Value)
    rule("cloudwatch:alarm", "/dimensions/ApiName", 1024, printable),
    // https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html (PolicyName)
    rule("scaling:scaling-policy", "/name", 256, printable),
    rule("scaling:step-policy", "/name", 256, printable),
    // A tag: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
    tagged("scaling:scalable-target"),
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html (AliasName)
    rule("kms:alias", "/name", 256, alias),
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html (Description)
    rule("kms:key", "/description", 8192, printable),
    // API Gateway documents no limit for names: assumption: a name within every limit above is within its own too.
    // https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html and its siblings
    rule("apigateway:rest-api", "/name", 128, printable),
    rule("apigateway:routes", "/title", 128, printable),
    rule("apigateway:vpc-link", "/name", 128, printable),
    rule("apigateway:usage-plan", "/name", 128, printable),
    rule("apigateway:api-key", "/name", 128, printable),
];

/// Specs that together contain every name.
const SPECS: [(&str, &str); 5] = [
    ("", "[api]\naccount_logging_role = true\n"),
    ("", "[network]\navailability_zones = 3\nnat_gateways = 3\n"),
    ("pipeline = \"streamtech-tokyo\"\n", ""),
    ("pipeline = \"streamflix\"\n", "[network]\navailability_zones = 3\nnat_gateways = 3\n"),
    ("pipeline = \"streamflix\"\n", "[alerts]\nemail = \"ops@example.com\"\n"),
];

struct Found {
    kind: &'static str,
    at: String,
    name: String,
}

fn collect(kind: &'static str, value: &Value, at: &str, found: &mut Vec<Found>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| collect(kind, value, &format!("{at}/{key}"), found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(kind, value, &format!("{at}/*"), found)),
        Value::String(text) if text.contains(SUFFIX) => found.push(Found { kind, at: at.into(), name: text.clone() }),
        _ => {}
    }
}

/// Every string that contains the suffix, in the spec of any node.
fn names((pipeline, rest): (&str, &str), region: &str) -> Vec<Found> {
    let spec = load(&format!("{pipeline}region = \"us-east-1\"\n{rest}")).unwrap();
    let facts = Facts::placeholders(region, &vidpipe_pipelines::requirements(&spec));
    let graph = vidpipe_pipelines::graph(&spec, &suffix(SUFFIX), &facts);
    let (mut known, mut found) = (Outputs::new(), Vec::new());
    for (name, node) in &graph.nodes {
        collect(node.kind.name(), &node.spec(&known).unwrap(), "", &mut found);
        known.insert(name.clone(), node.kind.symbolic(name).unwrap());
    }
    found
}

fn rule_of(kind: &str, at: &str) -> Option<&'static Rule> {
    const TAGGED: Rule = tagged("ec2:*");
    let named = RULES.iter().find(|r| r.kind == kind && r.at == at);
    named.or((kind.starts_with("ec2:") && at == TAGGED.at).then_some(&TAGGED))
}

fn check(found: &Found, region: &str) {
    let Found { kind, at, name } = found;
    let rule = rule_of(kind, at);
    let rule = rule.unwrap_or_else(|| panic!("no rule says what {at} of {kind} may be: {name}"));
    let length = name.chars().count();
    assert!(length <= rule.most, "{kind} in {region}: {name} has {length} characters of {}", rule.most);
    assert!(name.chars().all(rule.allowed), "{kind} in {region}: {name}");
    if rule.like_an_identifier {
        assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()), "{kind}: {name}");
        assert!(!name.ends_with('-') && !name.contains("--"), "{kind}: {name}");
    }
    // Prefixes that AWS reserves in all services: `sg-` for the ids of groups, `internal-` for load balancers.
    assert!(!["sg-", "internal-", "aws"].iter().any(|own| name.starts_with(own)), "{kind}: {name}");
}

#[test]
fn every_name_is_within_its_service_s_limit_and_pattern() {
    assert_eq!(SUFFIX.len(), LONGEST);
    let (mut checked, mut used) = (0, BTreeSet::new());
    for region in REGIONS {
        for found in SPECS.into_iter().flat_map(|spec| names(spec, region)) {
            check(&found, region);
            checked += 1;
            used.insert((found.kind, found.at));
        }
    }
    let unused = RULES.iter().find(|r| !used.contains(&(r.kind, r.at.to_owned()))).map(|r| (r.kind, r.at));
    assert_eq!(unused, None, "a rule for nothing");
    println!("{checked} names in {} places, in {} regions", used.len(), REGIONS.len());
}

/// The maximum length of suffixes is not lower than necessary.
#[test]
fn the_longest_suffix_is_what_the_tightest_name_leaves_room_for() {
    let rooms = REGIONS.iter().flat_map(|region| names(SPECS[0], region)).map(|found| {
        let most = rule_of(found.kind, &found.at).unwrap().most;
        (most - found.name.len(), found.name)
    });
    let (room, name) = rooms.min().unwrap();
    assert!(room <= 4, "{room} characters more would fit into the tightest name, {name}");
}
