//! Tags of load balancers, target groups and listeners.

use aws_sdk_elasticloadbalancingv2::operation::add_tags::{AddTagsInput, AddTagsOutput};
use aws_sdk_elasticloadbalancingv2::operation::describe_tags::{DescribeTagsInput, DescribeTagsOutput};
use aws_sdk_elasticloadbalancingv2::operation::remove_tags::{RemoveTagsInput, RemoveTagsOutput};
use aws_sdk_elasticloadbalancingv2::types::{Tag, TagDescription};

use super::balancers::{self, Balancer};
use super::listeners::Kept as Listener;
use super::targets::{self, Group};
use super::{Pair, asked, step};
use crate::context::{Context, Refusal};
use crate::typed::{Rule, Step, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![before(describe), before(add), before(remove)]
}

/// Changes the tags of the resource with this ARN, and returns the new tags.
fn change(context: &mut Context<'_>, arn: &str, change: impl FnOnce(&mut Vec<Pair>)) -> Result<Vec<Pair>, Refusal> {
    if let Some(mut balancer) = context.recall::<Balancer>(arn) {
        change(&mut balancer.tags);
        context.remember(arn, &balancer);
        return Ok(balancer.tags);
    }
    if let Some(mut group) = context.recall::<Group>(arn) {
        change(&mut group.tags);
        context.remember(arn, &group);
        return Ok(group.tags);
    }
    if let Some(mut listener) = context.recall::<Listener>(arn) {
        change(&mut listener.tags);
        context.remember(arn, &listener);
        return Ok(listener.tags);
    }
    Err(match arn {
        arn if arn.contains(":targetgroup/") => targets::not_found(),
        arn if arn.contains(":listener/") => Refusal::new("ListenerNotFound", "One or more listeners not found"),
        _ => balancers::not_found(),
    })
}

fn described(context: &mut Context<'_>, input: &DescribeTagsInput) -> Result<DescribeTagsOutput, Refusal> {
    let mut output = DescribeTagsOutput::builder();
    for arn in input.resource_arns() {
        let tags = change(context, arn, |_| {})?;
        let answer = (tags.iter()).map(|(key, value)| Tag::builder().key(key).value(value).build());
        let description = TagDescription::builder().resource_arn(arn).set_tags(Some(answer.collect())).build();
        output = output.tag_descriptions(description);
    }
    Ok(output.build())
}

fn describe(context: &mut Context<'_>, input: &DescribeTagsInput) -> Step<DescribeTagsOutput> {
    step(described(context, input))
}

fn add(context: &mut Context<'_>, input: &AddTagsInput) -> Step<AddTagsOutput> {
    let new = asked(input.tags());
    let outcome = input.resource_arns().iter().try_for_each(|arn| {
        let replace = |tags: &mut Vec<Pair>| {
            tags.retain(|(key, _)| new.iter().all(|(other, _)| other != key));
            tags.extend(new.clone());
        };
        change(context, arn, replace).map(|_| ())
    });
    step(outcome.map(|()| AddTagsOutput::builder().build()))
}

fn remove(context: &mut Context<'_>, input: &RemoveTagsInput) -> Step<RemoveTagsOutput> {
    let outcome = input.resource_arns().iter().try_for_each(|arn| {
        let remove = |tags: &mut Vec<Pair>| tags.retain(|(key, _)| !input.tag_keys().contains(key));
        change(context, arn, remove).map(|_| ())
    });
    step(outcome.map(|()| RemoveTagsOutput::builder().build()))
}
