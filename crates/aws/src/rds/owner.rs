//! RDS returns the tags of databases with their description, and lists those of groups by ARN.
use crate::{
    Cx, OrFail,
    owner::{arn, once},
    rds, tags,
};
use aws_sdk_rds::types::Tag;
use vidpipe_engine::{Owned, Result};

fn of(cx: &Cx, tags: &[Tag]) -> Owned {
    tags::owned(cx, tags.iter().filter_map(|t| t.key().zip(t.value())))
}

/// The DB instance with this name.
pub(crate) async fn instance(cx: &Cx, name: &str) -> Result<Owned> {
    Ok(cx.cloud.db_instance(name).await?.map_or(Owned::Absent, |seen| of(cx, seen.tag_list())))
}

/// The DB cluster with this name.
pub(crate) async fn cluster(cx: &Cx, name: &str) -> Result<Owned> {
    let read = async || Ok(rds::cluster(cx, name).await?.map_or(Owned::Absent, |seen| of(cx, seen.tag_list())));
    once(cx, "DB cluster", name, read).await
}

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn tagged(cx: &Cx, arn: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.rds.list_tags_for_resource().resource_name(arn);
        Ok(of(cx, call.send().await.or_fail("read its owner")?.tag_list()))
    };
    once(cx, "RDS", arn, read).await
}

/// The DB subnet group with this name.
pub(crate) async fn subnet_group(cx: &Cx, name: &str) -> Result<Owned> {
    tagged(cx, &arn(cx, "rds", &format!("subgrp:{name}"))).await
}

/// The DB parameter group with this name.
pub(crate) async fn parameter_group(cx: &Cx, name: &str) -> Result<Owned> {
    tagged(cx, &arn(cx, "rds", &format!("pg:{name}"))).await
}

/// The DB cluster parameter group with this name.
pub(crate) async fn cluster_parameter_group(cx: &Cx, name: &str) -> Result<Owned> {
    tagged(cx, &arn(cx, "rds", &format!("cluster-pg:{name}"))).await
}
