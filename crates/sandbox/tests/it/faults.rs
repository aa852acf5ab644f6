//! Faults: before the work nothing is done, after it the ledger has the new resource.

use vidpipe_sandbox::{Asked, Clock, Codeless, Conditions, Fate, Fault, Sandbox};

use crate::aws::client;

fn only_creation(fault: Fault) -> impl Fn(&Asked<'_>) -> Option<Fault> {
    move |asked| (asked.operation == "CreateVpc" && asked.change == 0).then_some(fault)
}

async fn one_fault(fault: Fault) -> (Sandbox, bool, usize) {
    let sandbox = Sandbox::in_memory(Clock::Instant);
    sandbox.set(Conditions::default().with_weather(only_creation(fault)));
    let ec2 = client!(aws_sdk_ec2, sandbox);
    let answered = ec2.create_vpc().cidr_block("10.0.0.0/16").send().await.is_ok();
    let there =
        ec2.describe_vpcs().send().await.unwrap().vpcs().iter().filter(|vpc| vpc.is_default() != Some(true)).count();
    (sandbox, answered, there)
}

#[tokio::test(start_paused = true)]
async fn a_fault_before_the_work_leaves_nothing_and_one_after_it_leaves_a_thing() {
    let codeless = |done: bool| Fault::Codeless(Codeless { status: 404, page: !done, done });
    let spoilt = [Fault::Truncated, Fault::Emptied, Fault::Page, Fault::ErrorPage, Fault::Hidden, codeless(true)];
    let after = [&[Fault::ResetAfter, Fault::InternalAfter, Fault::Late][..], &spoilt].concat();
    let before = [Fault::Expired, Fault::Skewed, Fault::Denied, codeless(false)];
    for fault in Fault::PASSING.iter().chain(&before).chain(&spoilt) {
        // One attempt only: otherwise the SDK retries, which the next test covers.
        let sandbox = Sandbox::in_memory(Clock::Instant);
        sandbox.set(Conditions::default().with_weather(only_creation(*fault)));
        let ec2 = client!(aws_sdk_ec2, sandbox);
        let once =
            aws_sdk_ec2::config::Builder::default().retry_config(aws_sdk_ec2::config::retry::RetryConfig::disabled());
        let call = ec2.create_vpc().cidr_block("10.0.0.0/16").customize().config_override(once);
        // The SDK may parse a truncated body as an answer, with a partial id or without an id.
        let heard = call.send().await.ok().and_then(|answer| answer.vpc?.vpc_id);
        let made = usize::from(after.contains(fault));
        assert_eq!(sandbox.made().len(), made, "{fault:?} in the ledger");
        let ids: Vec<String> = sandbox.made().into_iter().map(|made| made.id).collect();
        assert!(heard.is_none_or(|id| !ids.contains(&id)), "{fault:?} loses the answer");
        let fates: Vec<Fate> = sandbox.take_calls().into_iter().map(|call| call.fate).collect();
        assert_eq!(fates, [Fate::Faulted(*fault)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_that_is_asked_for_again_makes_a_second_thing() {
    let (sandbox, answered, there) = one_fault(Fault::ResetAfter).await;
    assert!(answered, "the SDK asks again");
    assert_eq!(there, 2, "and this is why vidpipe turns that off");
    assert_eq!(sandbox.made_by()["CreateVpc"], 2);
}

#[tokio::test(start_paused = true)]
async fn after_a_power_cut_nothing_is_answered_until_the_power_is_back() {
    for (fault, made) in [(Fault::CutBefore, 0), (Fault::CutAfter, 1)] {
        let sandbox = Sandbox::in_memory(Clock::Instant);
        sandbox.set(Conditions::default().with_weather(only_creation(fault)));
        let ec2 = client!(aws_sdk_ec2, sandbox);
        let run = async { ec2.create_vpc().cidr_block("10.0.0.0/16").send().await };
        tokio::select! {
            biased;
            () = sandbox.cut() => {}
            answer = run => panic!("{fault:?}: answered {answer:?}"),
        }
        assert!(sandbox.is_cut());
        sandbox.restore_power();
        assert_eq!(sandbox.made().len(), made, "{fault:?}");
        ec2.describe_vpcs().send().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_seed_is_the_same_day_every_time() {
    async fn day(seed: u64) -> Vec<Fate> {
        let sandbox = Sandbox::in_memory(Clock::Real);
        sandbox.set(Conditions::strict(seed).with_faults(0.3));
        let ec2 = client!(aws_sdk_ec2, sandbox);
        for _ in 0..30 {
            let _ = ec2.describe_vpcs().send().await;
        }
        sandbox.take_calls().into_iter().map(|call| call.fate).collect()
    }
    let first = day(7).await;
    assert_eq!(first, day(7).await);
    assert!(first.iter().any(|fate| matches!(fate, Fate::Faulted(_))), "{first:?}");
    assert!(first.contains(&Fate::Done), "{first:?}");
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_rate_are_throttled() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    sandbox.set(Conditions::strict(1));
    let once = aws_sdk_apigateway::config::retry::RetryConfig::disabled();
    let client = client!(aws_sdk_apigateway, sandbox);
    let mut codes = Vec::new();
    for _ in 0..2 {
        let config = aws_sdk_apigateway::config::Builder::default().retry_config(once.clone());
        let call = client.create_rest_api().name("api").customize().config_override(config);
        if let Err(error) = call.send().await {
            codes.push(crate::aws::code::<(), _, _>(Err(error)));
        }
    }
    assert_eq!(codes, ["TooManyRequestsException"]);
}
