//! Tags of the replication groups.

use aws_sdk_elasticache::operation::add_tags_to_resource::{AddTagsToResourceInput, AddTagsToResourceOutput};
use aws_sdk_elasticache::operation::list_tags_for_resource::{ListTagsForResourceInput, ListTagsForResourceOutput};
use aws_sdk_elasticache::operation::remove_tags_from_resource::{
    RemoveTagsFromResourceInput, RemoveTagsFromResourceOutput,
};
use aws_sdk_elasticache::types::Tag;

use super::group::Group;
use crate::context::Context;
use crate::typed::{Rule, Step, before};

pub(super) fn rules() -> Vec<Rule> {
    vec![before(list), before(add), before(remove)]
}

/// The group with that ARN.
pub(crate) fn find(context: &Context<'_>, arn: Option<&str>) -> Option<(String, Group)> {
    (context.all::<Group>().into_iter()).find(|(_, group)| Some(group.arn.as_str()) == arn)
}

fn describe(group: &Group) -> Vec<Tag> {
    (group.tags.iter()).map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

fn list(context: &mut Context<'_>, input: &ListTagsForResourceInput) -> Step<ListTagsForResourceOutput> {
    match find(context, input.resource_name()) {
        None => Step::Pass,
        Some((_, group)) => {
            Step::Answer(ListTagsForResourceOutput::builder().set_tag_list(Some(describe(&group))).build())
        }
    }
}

fn add(context: &mut Context<'_>, input: &AddTagsToResourceInput) -> Step<AddTagsToResourceOutput> {
    let Some((id, mut group)) = find(context, input.resource_name()) else {
        return Step::Pass;
    };
    for tag in input.tags() {
        if let (Some(key), Some(value)) = (tag.key(), tag.value()) {
            group.tags.retain(|(known, _)| known != key);
            group.tags.push((key.to_owned(), value.to_owned()));
        }
    }
    context.remember(&id, &group);
    let tags = Some(describe(&group));
    Step::Answer(AddTagsToResourceOutput::builder().set_tag_list(tags).build())
}

fn remove(context: &mut Context<'_>, input: &RemoveTagsFromResourceInput) -> Step<RemoveTagsFromResourceOutput> {
    let Some((id, mut group)) = find(context, input.resource_name()) else {
        return Step::Pass;
    };
    group.tags.retain(|(key, _)| !input.tag_keys().contains(key));
    context.remember(&id, &group);
    let tags = Some(describe(&group));
    Step::Answer(RemoveTagsFromResourceOutput::builder().set_tag_list(tags).build())
}
