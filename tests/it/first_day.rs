//! A fresh account, and what stays in it: the service-linked roles.
use crate::harness::Harness;
use serde_json::json;

#[test]
fn a_fresh_account_goes_up_and_down_in_one_run_each() {
    let harness = Harness::empty();
    let text = harness.run("rehearse --pipeline streamflix --account fresh --output json").ends(0).json();
    for phase in ["up", "again", "down"] {
        assert_eq!(text[phase]["runs"], 1, "{phase}");
    }
    let roles = ["ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "rds.amazonaws.com"];
    assert_eq!((&text["balanced"], &text["stays"]), (&json!(true), &json!(roles)));
    let text = harness.run("rehearse --pipeline streamflix --account fresh").ends(0).stdout;
    let kept = format!("the account keeps the service-linked roles of {}", roles.join(", "));
    assert!(text.contains("a fresh account, in the sandbox") && text.contains(&kept), "{text}");
}

#[test]
fn an_account_in_use_comes_to_have_nothing() {
    let text = Harness::empty().run("rehearse --pipeline streamflix --output json").ends(0).json();
    assert_eq!((&text["balanced"], &text["stays"]), (&json!(true), &json!([])));
}

#[test]
fn what_is_the_accounts_stays_and_the_plan_says_so() {
    let harness = Harness::empty();
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    let plan = harness.run("plan --down --suffix staging --sandbox").stdout;
    let role = "= database-service-role (iam:service-linked-role), which is the account's and stays";
    assert!(plan.contains(role) && plan.contains("7 to leave"), "{plan}");
    let down = harness.run("down --suffix staging --sandbox --yes").ends(0);
    assert!(down.stderr.contains("7 left to the account"), "{}", down.stderr);
}
