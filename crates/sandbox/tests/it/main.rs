//! Tests of the sandbox through the real SDK clients: one file per service.

#![allow(clippy::unwrap_used, reason = "a test whose call fails has nothing more to say")]

mod apigateway;
mod apigateway_laws;
mod aurora;
mod aurora_laws;
mod autoscaling;
mod aws;
mod changes;
mod cloudtrail;
mod cloudtrail_laws;
mod cloudwatch;
mod compute;
mod compute_laws;
mod ec2;
mod ec2_groups;
mod ec2_lag;
mod ec2_laws;
mod ec2_nat;
mod ecs;
mod ecs_runs;
mod efs;
mod efs_laws;
mod elasticache;
mod elasticache_laws;
mod elbv2;
mod elbv2_laws;
mod everyday;
mod execute;
mod faults;
mod first_day;
mod iam;
mod keeping;
mod kinesis;
mod kms;
mod kms_laws;
mod laws;
mod logs;
mod logs_laws;
mod network;
mod rds;
mod rds_laws;
mod rdsdata;
mod s3;
mod s3_laws;
mod secrets;
mod secrets_laws;
mod sns;
mod sqs;
mod sts;
mod young;

#[test]
fn every_file_here_is_part_of_this_binary() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let main = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).expect("the folder of this file is there") {
        let path = entry.expect("its entries can be read").path();
        let name = path.file_stem().expect("they have names").to_string_lossy();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "tests/it/{name}.rs is not in main.rs");
    }
}
