//! SNS: topics.
use crate::{
    Cx, OrFail,
    declare::{Api, AwsService, kind},
    partition,
    permissions::allow,
};
use std::collections::HashMap;
use vidpipe_engine::Result;

mod budgets;
pub(crate) mod codes;
pub(crate) mod owner;
mod subscription;
mod sweep;
mod topic;
mod topic_policy;
pub(crate) mod verify;

pub use subscription::*;
pub use topic::*;
pub use topic_policy::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "sns",
    apis: &[Api { sdk: "sns", name: "SNS", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[kind::<Topic>(), kind::<TopicPolicy>(), kind::<Subscription>()],
    probes: sweep::probes,
    sweep: &[allow(&["sns:ListSubscriptions", "sns:ListTagsForResource", "sns:ListTopics"]).to_sweep()],
};

/// The topic's attributes: [GetTopicAttributes](https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html).
pub(crate) async fn read(cx: &Cx, arn: &str) -> Result<HashMap<String, String>> {
    let seen = cx.cloud.sns.get_topic_attributes().topic_arn(arn).send().await.or_fail("read the topic")?;
    Ok(seen.attributes.unwrap_or_default())
}

/// The ARN of the topic with this name: SNS reads topics by ARN only, and derives it from the name.
pub(crate) fn arn(cx: &Cx, name: &str) -> String {
    let (region, account) = (&cx.env.region, &cx.env.account);
    format!("arn:{}:sns:{region}:{account}:{name}", partition::of(region))
}
