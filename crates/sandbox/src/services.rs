//! The services of the sandbox. A service that is not in this list is not there.

use crate::service::Services;
use crate::{
    apigateway, autoscaling, cloudtrail, cloudwatch, ec2, ecs, efs, elasticache, elbv2, iam, kinesis, kms, logs, rds,
    rdsdata, s3, secrets, sns, sqs, sts,
};

/// All services, in the order in which their rules run. It matters where two services have a rule about one operation:
/// those that create log groups again when one is deleted come before CloudWatch Logs, and RDS before its Data API.
pub(crate) static SERVICES: Services = Services(&[
    &ec2::EC2,
    &iam::IAM,
    &rds::RDS,
    &elasticache::ELASTICACHE,
    &elbv2::ELBV2,
    &ecs::ECS,
    &apigateway::API_GATEWAY,
    &efs::EFS,
    &kinesis::KINESIS,
    &kms::KMS,
    &logs::LOGS,
    &rdsdata::RDS_DATA,
    &secrets::SECRETS_MANAGER,
    &sqs::SQS,
    &autoscaling::AUTO_SCALING,
    &cloudtrail::CLOUDTRAIL,
    &cloudwatch::CLOUDWATCH,
    &sns::SNS,
    &s3::S3,
    &sts::STS,
]);

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};

    use super::SERVICES;

    const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    /// The files that may import a service without being one.
    const TOP: [&str; 3] = ["lib.rs", "sandbox.rs", "services.rs"];

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).expect("the sources are there");
        let paths = entries.map(|entry| entry.expect("an entry can be read").path());
        paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    /// Every file, by its path in the sources, without its comments.
    fn sources() -> BTreeMap<String, String> {
        let code = |path: &Path| {
            let text = std::fs::read_to_string(path).expect("a source can be read");
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
        };
        let name = |path: &Path| path.strip_prefix(SOURCES).expect("it is below").to_string_lossy().replace('\\', "/");
        files(Path::new(SOURCES)).into_iter().map(|path| (name(&path), code(&path))).collect()
    }

    /// The modules of the crate that `code` imports or names.
    fn imports(code: &str) -> BTreeSet<&str> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let paths = code.split("crate::").skip(1);
        let modules = paths.map(|path| &path[..path.find(|c| !is_part(c)).unwrap_or(path.len())]);
        modules
            .inspect(|module| assert!(!module.is_empty(), "one import for each module, not a group: {code}"))
            .collect()
    }

    fn services(sources: &BTreeMap<String, String>) -> BTreeSet<&str> {
        let described = sources.iter().filter(|(_, code)| code.contains(": Service = Service {"));
        described.filter_map(|(path, _)| path.strip_suffix("/mod.rs")).collect()
    }

    #[test]
    fn imports_are_found() {
        let code = "use crate::rds::{Cluster, sns};\nuse crate::kms;\nlet bucket = crate::s3::bucket();";
        assert_eq!(imports(code), BTreeSet::from(["rds", "kms", "s3"]));
    }

    #[test]
    fn every_service_is_listed_once() {
        let sources = sources();
        assert_eq!(services(&sources).len(), SERVICES.0.len());
        for of in [|n: usize| SERVICES.0[n].name, |n: usize| SERVICES.0[n].key] {
            assert_eq!((0..SERVICES.0.len()).map(of).collect::<BTreeSet<_>>().len(), SERVICES.0.len());
        }
    }

    #[test]
    fn only_the_top_and_services_import_services() {
        let sources = sources();
        let services = services(&sources);
        for (path, code) in &sources {
            let folder = path.split('/').next().unwrap_or_default();
            if !services.contains(folder) && !TOP.contains(&path.as_str()) {
                let found: Vec<_> = imports(code).intersection(&services).copied().collect();
                assert!(found.is_empty(), "{path} imports {found:?}: hand it in with `Service` instead");
            }
        }
    }

    #[test]
    fn services_import_each_other_in_no_circle() {
        let sources = sources();
        let mut left: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let services = services(&sources);
        for (path, code) in &sources {
            if let Some(service) = path.split('/').next().filter(|folder| services.contains(folder)) {
                let others = imports(code).into_iter().filter(|other| services.contains(other) && *other != service);
                left.entry(service).or_default().extend(others);
            }
        }
        while let Some(free) = left.iter().find(|(_, imports)| imports.is_empty()).map(|(service, _)| *service) {
            left.remove(free);
            left.values_mut().for_each(|imports| _ = imports.remove(free));
        }
        assert!(left.is_empty(), "these services import each other: {left:?}");
    }
}
