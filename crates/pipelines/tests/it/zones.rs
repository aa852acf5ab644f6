//! The zones of an environment, under whatever letters its account sees them.
use crate::{
    harness::{Harness, STREAMFLIX, STREAMTECH, TOKYO},
    load,
};
use vidpipe_aws::{Aws, Connection, Facts};
use vidpipe_engine::{Class, Result};
use vidpipe_pipelines::requirements;
use vidpipe_sandbox::{Clock, Conditions, Sandbox, Zones};

/// The region and the account, as queried for a spec.
struct Asked {
    sandbox: Sandbox,
    aws: Aws,
    spec: vidpipe_pipelines::spec::Spec,
}

impl Asked {
    async fn new(spec: &str, zones: Zones) -> Self {
        let (sandbox, spec) = (Sandbox::in_memory(Clock::Instant), load(spec).unwrap());
        sandbox.set(Conditions::default().with_zones(zones));
        let connection = Connection::in_process(&spec.region, sandbox.http_client(), sandbox.interceptors());
        let aws = Aws::connect(Connection { unmetered: true, ..connection }).await;
        Self { sandbox, aws, spec }
    }

    async fn facts(&self) -> Result<Facts> {
        let caller = self.aws.caller().await.unwrap();
        Facts::ask(&self.aws, &caller, &requirements(&self.spec)).await
    }
}

/// A spec without existing secrets, which these tests do not cover.
const IN_TOKYO: &str = "region = \"ap-northeast-1\"\n";

#[tokio::test]
async fn two_accounts_of_one_spec_are_in_the_same_zones() {
    for spec in [STREAMTECH, STREAMFLIX, IN_TOKYO, "region = \"us-west-1\"\n"] {
        let new = Asked::new(spec, Zones::Alike).await.facts().await.unwrap();
        let old = Asked::new(spec, Zones::Old).await.facts().await.unwrap();
        assert_eq!(new.zone_ids, old.zone_ids, "{spec}");
        assert_ne!(new.zones, old.zones, "{spec}");
    }
}

#[tokio::test]
async fn a_zone_without_fargate_is_passed_over() {
    let facts = Asked::new(IN_TOKYO, Zones::Old).await.facts().await.unwrap();
    assert_eq!(facts.zone_ids, ["apne1-az1", "apne1-az2"]);
    assert_eq!(facts.zones, ["ap-northeast-1b", "ap-northeast-1c"]);
}

#[tokio::test]
async fn a_zone_without_the_class_is_passed_over() {
    for (spec, region) in [(STREAMTECH, "use1"), (STREAMFLIX, "euc1")] {
        let facts = Asked::new(spec, Zones::WithoutClass).await.facts().await.unwrap();
        assert_eq!(facts.zone_ids, [format!("{region}-az2"), format!("{region}-az3")], "{spec}");
    }
}

#[tokio::test]
async fn a_region_with_too_few_is_refused_with_what_each_lacks() {
    let refused = Asked::new(STREAMTECH, Zones::OnlyOne).await.facts().await.unwrap_err();
    assert_eq!(refused.class, Class::Invalid);
    for word in
        ["find 2 availability zones in us-east-1", "use1-az1 (us-east-1a) has all", "use1-az2 (us-east-1b) has no"]
    {
        assert!(refused.message.contains(word), "{}", refused.message);
    }
}

#[tokio::test]
async fn what_was_chosen_once_stays_and_more_zones_come_after_it() {
    let mut asked = Asked::new(STREAMTECH, Zones::WithoutClass).await;
    let chosen = asked.facts().await.unwrap();
    // By now the account offers everything everywhere.
    asked.sandbox.set(Conditions::default());
    assert_eq!(chosen.clone().kept(&asked.aws, &requirements(&asked.spec)).await.unwrap(), chosen);
    asked.spec = load("[network]\navailability_zones = 3\n").unwrap();
    let more = chosen.clone().kept(&asked.aws, &requirements(&asked.spec)).await.unwrap();
    assert_eq!(more.zone_ids, ["use1-az2", "use1-az3", "use1-az1"]);
    asked.spec = load("[database]\nengine_version = \"14\"\n").unwrap();
    let other = chosen.clone().kept(&asked.aws, &requirements(&asked.spec)).await.unwrap();
    assert!(other.postgres_version.starts_with("14."), "{}", other.postgres_version);
    assert_eq!((other.zones, other.zone_ids), (chosen.zones, chosen.zone_ids));
}

#[tokio::test]
async fn zones_recorded_before_there_were_ids_stay() {
    let mut asked = Asked::new(IN_TOKYO, Zones::Old).await;
    let mut old = asked.facts().await.unwrap();
    (old.zones, old.zone_ids) = (vec!["ap-northeast-1a".into(), "ap-northeast-1b".into()], Vec::new());
    assert_eq!(old.clone().kept(&asked.aws, &requirements(&asked.spec)).await.unwrap(), old);
    asked.spec = load(&format!("{IN_TOKYO}[network]\navailability_zones = 3\n")).unwrap();
    let more = old.kept(&asked.aws, &requirements(&asked.spec)).await.unwrap();
    assert_eq!(more.zone_ids, ["apne1-az3", "apne1-az1", "apne1-az2"]);
}

/// The sandbox refuses tasks in zones without Fargate, and a run in an old account's zones completes nevertheless.
#[tokio::test(start_paused = true)]
async fn an_environment_of_an_old_account_in_tokyo_comes_up() {
    let harness = Harness::among(Clock::Instant, TOKYO, Zones::Old).await;
    harness.up(TOKYO).await;
    assert_eq!(harness.facts.zones, ["ap-northeast-1b", "ap-northeast-1c"]);
    let mut harness = Harness::among(Clock::Instant, TOKYO, Zones::Old).await;
    harness.facts.zones = vec!["ap-northeast-1a".into(), "ap-northeast-1b".into()];
    let summary = harness.go(&harness.graph(TOKYO), crate::harness::PLENTY).await;
    assert!(summary.failed > 0 && harness.failures().contains("Fargate is not available"), "{}", harness.failures());
}
