//! The registry: every service that vidpipe uses, a line each.
use crate::{
    apigateway,
    budgets::unpublished,
    cloudtrail, cloudwatch,
    declare::{Api, AwsService, Declared},
    ec2, ecs, efs, elasticache, elb, iam, kinesis, kms, logs, rds, s3, scaling, secrets, sns, sqs,
};
use vidpipe_engine::Rate;

pub(crate) const SERVICES: &[&AwsService] = &[
    &apigateway::SERVICE,
    &cloudtrail::SERVICE,
    &cloudwatch::SERVICE,
    &ec2::SERVICE,
    &ecs::SERVICE,
    &efs::SERVICE,
    &elasticache::SERVICE,
    &elb::SERVICE,
    &iam::SERVICE,
    &kinesis::SERVICE,
    &kms::SERVICE,
    &logs::SERVICE,
    &rds::SERVICE,
    &s3::SERVICE,
    &scaling::SERVICE,
    &secrets::SERVICE,
    &sns::SERVICE,
    &sqs::SERVICE,
];

/// The API that says whose credentials are in use. No kind needs it.
const STS: Api = Api { sdk: "sts", name: "STS", codes: &[], budgets: unpublished };

/// Every API that vidpipe calls.
pub(crate) fn apis() -> impl Iterator<Item = &'static Api> {
    SERVICES.iter().flat_map(|service| service.apis).chain([&STS])
}

/// Every kind.
pub(crate) fn kinds() -> impl Iterator<Item = &'static Declared> {
    SERVICES.iter().flat_map(|service| service.kinds)
}

/// The service with this name.
pub(crate) fn named(name: &str) -> Option<&'static AwsService> {
    SERVICES.iter().find(|service| service.name == name).copied()
}

/// The call budgets that a call counts against, by name.
pub(crate) fn budgets(service: &str, action: &str) -> Vec<(String, Rate)> {
    let budgets = apis().find(|api| api.name == service).map_or(unpublished as _, |api| api.budgets);
    budgets(action).into_iter().map(|(what, rate)| (format!("{service} {what}"), rate)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_named_after_its_service() {
        for service in SERVICES {
            for declared in service.kinds {
                let of = declared.kind.name().split_once(':').map(|(of, _)| of);
                assert_eq!(of, Some(service.name), "{}", declared.kind.name());
            }
        }
    }

    #[test]
    fn a_call_counts_against_its_own_budget_and_against_a_shared_one() {
        let names = |service, action| budgets(service, action).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("EC2", "CreateVpc"), ["EC2 CreateVpc"]);
        assert_eq!(names("API Gateway", "DeleteRestApi"), ["API Gateway DeleteRestApi", "API Gateway management"]);
        assert_eq!(names("API Gateway", "GetRestApi"), ["API Gateway management"]);
        assert_eq!(names("ECS", "CreateService"), names("ECS", "DeleteService"));
        assert_eq!(names("IAM", "CreateRole"), ["IAM CreateRole"]);
    }
}
