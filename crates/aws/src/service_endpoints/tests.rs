use super::*;
use crate::{Aws, Connection};
use aws_config::BehaviorVersion;
use aws_sdk_sts::config::Region;

/// A configuration with addresses of services, as files and variables would provide them.
#[derive(Debug)]
struct Configured(&'static [(&'static str, &'static str)]);

impl LoadServiceConfig for Configured {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let known = self.0.iter().find(|(service, _)| *service == key.service_id() && key.env() == VARIABLE);
        known.map(|(_, address)| (*address).to_owned())
    }
}

fn endpoints(all: Option<&str>, services: &'static [(&'static str, &'static str)]) -> Endpoints {
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .service_config(Configured(services));
    config.set_endpoint_url(all.map(str::to_owned));
    Aws::from_config(config.build(), &[], "eu-west-1".into()).endpoints
}

#[test]
fn every_service_of_ours_says_where_it_goes() {
    let here = endpoints(None, &[]);
    assert_eq!((here.0.len(), here.emulator()), (crate::clients::SDKS.len(), None));
    here.check().expect("AWS");
    let there = endpoints(Some("http://localhost:5000"), &[]);
    assert!(there.0.keys().all(|service| there.is_emulated(service)), "{there:?}");
    assert_eq!(there.emulator().as_deref(), Some("http://localhost:5000"));
    there.check().expect("an emulator");
}

#[test]
fn what_is_said_of_a_service_goes_before_what_is_said_of_all() {
    let mixed = endpoints(Some("http://localhost:5000"), &[("S3", "http://localhost:9000"), ("EC2", "")]);
    assert_eq!(mixed.0["s3"].as_deref(), Some("http://localhost:9000"));
    assert_eq!(mixed.0["ec2"].as_deref(), Some("http://localhost:5000"), "empty is unset");
    assert_eq!(mixed.emulator().as_deref(), Some("http://localhost:5000, http://localhost:9000"));
    mixed.check().expect("two emulators");
    assert_eq!(endpoints(Some(""), &[("SQS", "")]), endpoints(None, &[]));
}

#[test]
fn an_address_of_aws_is_aws() {
    for url in [
        "https://ec2.eu-west-1.amazonaws.com",
        "https://vpce-0a1b.sts.eu-west-1.vpce.amazonaws.com:443/",
        "https://sts.cn-north-1.amazonaws.com.cn",
        "https://EC2.eu-west-1.API.AWS",
    ] {
        let given = endpoints(Some(url), &[]);
        assert_eq!(given.emulator(), None, "{url}");
        given.check().expect(url);
    }
    for url in
        ["http://localhost:4566", "https://notamazonaws.com", "http://amazonaws.com.evil.example", "http://10.0.0.1"]
    {
        assert_eq!(endpoints(Some(url), &[]).emulator().as_deref(), Some(url));
    }
}

#[test]
fn half_an_emulator_is_refused_and_named() {
    let message = endpoints(None, &[("S3", "http://localhost:9000")]).check().expect_err("half").to_string();
    assert!(message.contains("the calls of S3 would go to http://localhost:9000, all others to AWS"), "{message}");
    let all_but = endpoints(Some("http://localhost:1"), &[("STS", "https://sts.eu-west-1.amazonaws.com")]);
    let message = all_but.check().expect_err("half").to_string();
    assert!(message.contains("the calls of STS would go to AWS, all others to http://localhost:1"), "{message}");
}

#[test]
fn what_is_no_address_is_refused_before_it_is_called() {
    for wrong in
        ["nonsense", "localhost:4566", "http://", "http://[::1", "ftp://host", "//host", "http://a b", "\u{1b}[2J"]
    {
        let message = endpoints(Some(wrong), &[]).check().expect_err(wrong);
        assert!(!message.to_string().contains('\u{1b}') && message.hint.is_some(), "{message}");
    }
    let message = endpoints(Some("http://user:hunter2@localhost:1"), &[]).check().expect_err("credentials").to_string();
    assert!(!message.contains("hunter2") && message.contains("http://localhost:1"), "{message}");
}

#[tokio::test]
async fn what_is_in_this_process_is_nowhere_else() {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let aws = Aws::connect(Connection::in_process("eu-west-1", http, Vec::new())).await;
    assert_eq!(aws.endpoints.emulator(), None);
}
