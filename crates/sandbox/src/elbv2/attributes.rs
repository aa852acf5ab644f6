//! Attributes of load balancers and target groups.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::operation::describe_load_balancer_attributes::{
    DescribeLoadBalancerAttributesInput, DescribeLoadBalancerAttributesOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::describe_target_group_attributes::{
    DescribeTargetGroupAttributesInput, DescribeTargetGroupAttributesOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::modify_load_balancer_attributes::{
    ModifyLoadBalancerAttributesInput, ModifyLoadBalancerAttributesOutput,
};
use aws_sdk_elasticloadbalancingv2::operation::modify_target_group_attributes::{
    ModifyTargetGroupAttributesInput, ModifyTargetGroupAttributesOutput,
};
use aws_sdk_elasticloadbalancingv2::types::{LoadBalancerAttribute, TargetGroupAttribute};

use super::balancers::{self, Balancer};
use super::step;
use super::targets::{self, Group};
use crate::context::Context;
use crate::typed::{Rule, Step, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![before(modify_balancer), before(describe_balancer), before(modify_group), before(describe_group)]
}

fn of_balancer(attributes: &BTreeMap<String, String>) -> Vec<LoadBalancerAttribute> {
    (attributes.iter()).map(|(key, value)| LoadBalancerAttribute::builder().key(key).value(value).build()).collect()
}

fn of_group(attributes: &BTreeMap<String, String>) -> Vec<TargetGroupAttribute> {
    (attributes.iter()).map(|(key, value)| TargetGroupAttribute::builder().key(key).value(value).build()).collect()
}

fn pair(key: Option<&str>, value: Option<&str>) -> Option<(String, String)> {
    Some((key?.to_owned(), value?.to_owned()))
}

fn modify_balancer(
    context: &mut Context<'_>,
    input: &ModifyLoadBalancerAttributesInput,
) -> Step<ModifyLoadBalancerAttributesOutput> {
    let arn = input.load_balancer_arn().unwrap_or_default();
    let found = context.recall::<Balancer>(arn).ok_or_else(balancers::not_found);
    step(found.map(|mut balancer| {
        let new = input.attributes().iter().filter_map(|one| pair(one.key(), one.value()));
        balancer.attributes.extend(new);
        context.remember(arn, &balancer);
        ModifyLoadBalancerAttributesOutput::builder().set_attributes(Some(of_balancer(&balancer.attributes))).build()
    }))
}

fn describe_balancer(
    context: &mut Context<'_>,
    input: &DescribeLoadBalancerAttributesInput,
) -> Step<DescribeLoadBalancerAttributesOutput> {
    let arn = input.load_balancer_arn().unwrap_or_default();
    let found = context.recall::<Balancer>(arn).ok_or_else(balancers::not_found);
    step(found.map(|balancer| {
        DescribeLoadBalancerAttributesOutput::builder().set_attributes(Some(of_balancer(&balancer.attributes))).build()
    }))
}

fn modify_group(
    context: &mut Context<'_>,
    input: &ModifyTargetGroupAttributesInput,
) -> Step<ModifyTargetGroupAttributesOutput> {
    let arn = input.target_group_arn().unwrap_or_default();
    let found = context.recall::<Group>(arn).ok_or_else(targets::not_found);
    step(found.map(|mut group| {
        let new = input.attributes().iter().filter_map(|one| pair(one.key(), one.value()));
        group.attributes.extend(new);
        context.remember(arn, &group);
        ModifyTargetGroupAttributesOutput::builder().set_attributes(Some(of_group(&group.attributes))).build()
    }))
}

fn describe_group(
    context: &mut Context<'_>,
    input: &DescribeTargetGroupAttributesInput,
) -> Step<DescribeTargetGroupAttributesOutput> {
    let arn = input.target_group_arn().unwrap_or_default();
    let found = context.recall::<Group>(arn).ok_or_else(targets::not_found);
    step(found.map(|group| {
        DescribeTargetGroupAttributesOutput::builder().set_attributes(Some(of_group(&group.attributes))).build()
    }))
}
