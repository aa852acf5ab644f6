//! RDS shows the tags of databases with them, and tells those of groups by ARN.
use super::{arn, once};
use crate::{Cx, OrFail, rds, tags};
use aws_sdk_rds::types::Tag;
use vidpipe_engine::{Owned, Result};

fn of(cx: &Cx, tags: &[Tag]) -> Owned {
    tags::owned(cx, tags.iter().filter_map(|t| t.key().zip(t.value())))
}

/// The DB instance of that name.
pub(crate) async fn instance(cx: &Cx, name: &str) -> Result<Owned> {
    Ok(cx.cloud.db_instance(name).await?.map_or(Owned::Absent, |seen| of(cx, seen.tag_list())))
}

/// The DB cluster of that name.
pub(crate) async fn cluster(cx: &Cx, name: &str) -> Result<Owned> {
    let look = async || Ok(rds::cluster(cx, name).await?.map_or(Owned::Absent, |seen| of(cx, seen.tag_list())));
    once(cx, "DB cluster", name, look).await
}

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn tagged(cx: &Cx, arn: &str) -> Result<Owned> {
    let look = async || {
        let call = cx.cloud.rds.list_tags_for_resource().resource_name(arn);
        Ok(of(cx, call.send().await.or_fail("look whose it is")?.tag_list()))
    };
    once(cx, "RDS", arn, look).await
}

/// The DB subnet group of that name.
pub(crate) async fn subnet_group(cx: &Cx, name: &str) -> Result<Owned> {
    tagged(cx, &arn(cx, "rds", &format!("subgrp:{name}"))).await
}

/// The DB parameter group of that name.
pub(crate) async fn parameter_group(cx: &Cx, name: &str) -> Result<Owned> {
    tagged(cx, &arn(cx, "rds", &format!("pg:{name}"))).await
}

/// The DB cluster parameter group of that name.
pub(crate) async fn cluster_parameter_group(cx: &Cx, name: &str) -> Result<Owned> {
    tagged(cx, &arn(cx, "rds", &format!("cluster-pg:{name}"))).await
}
