//! An ElastiCache
//! [subnet group](https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html):
//! the subnets a cache may be placed in. It cannot be deleted while a cache uses it.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    elasticache::{owner, verify},
    permissions::{Permission, allow},
    settings::{Has, Settings, same_set, unless_as_wanted},
    tags,
};
use aws_sdk_elasticache::{
    operation::modify_cache_subnet_group::builders::ModifyCacheSubnetGroupFluentBuilder as Modify,
    types::{CacheSubnetGroup as Seen, Tag},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Error, Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result, Whose,
};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct CacheSubnetGroup {
    /// Its name, in lower case, unique in the account and region.
    pub name: String,
    /// The description.
    pub description: String,
    /// The subnets; in two zones for Multi-AZ.
    pub subnet_ids: Vec<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CacheSubnetGroupOutput {
    /// Its name.
    pub name: String,
}

impl CacheSubnetGroup {
    async fn read(&self, cx: &Cx) -> Result<Option<Seen>> {
        let call = cx.cloud.elasticache.describe_cache_subnet_groups().cache_subnet_group_name(&self.name);
        let seen = call.send().await.or_fail("read the cache subnet group")?;
        Ok(seen.cache_subnet_groups.unwrap_or_default().into_iter().next())
    }

    fn settings<'a>(&'a self, seen: &Seen) -> Settings<'a, Modify> {
        let subnets = same_set(seen.subnets().iter().filter_map(|s| s.subnet_identifier()), &self.subnet_ids);
        let description = seen.cache_subnet_group_description().map(str::to_owned);
        Settings::<Modify>::new()
            .has("subnets", Has::same(Some(subnets), true), |call| call.set_subnet_ids(Some(self.subnet_ids.clone())))
            .is("description", description, self.description.clone(), Modify::cache_subnet_group_description)
    }
}

/// The owner of a cache cluster, by its lineage tag.
async fn whose(cx: &Cx, arn: Option<&str>) -> Result<Whose> {
    let call = cx.cloud.elasticache.list_tags_for_resource().set_resource_name(arn.map(str::to_owned));
    let seen = call.send().await.or_fail("read a cache cluster's tags")?;
    let lineage = tags::lineage(seen.tag_list().iter().filter_map(|t| t.key().zip(t.value())));
    Ok(if lineage == Some(&cx.env.lineage) { Whose::Ours } else { Whose::Theirs })
}

impl Resource for CacheSubnetGroup {
    type Cloud = Aws;
    type Output = CacheSubnetGroupOutput;
    const KIND: &'static str = "elasticache:subnet-group";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "elasticache_subnet_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.elasticache.create_cache_subnet_group().cache_subnet_group_name(&self.name);
        let call = call.cache_subnet_group_description(&self.description).set_subnet_ids(Some(self.subnet_ids.clone()));
        let call = call.set_tags(Some(tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())));
        call.send().await.or_fail("create the cache subnet group")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(arn) = self.read(cx).await?.and_then(|g| g.arn) else { return Ok(None) };
        let call = cx.cloud.elasticache.list_tags_for_resource().resource_name(arn);
        let seen = call.send().await.or_fail("read the cache subnet group's tags")?;
        let ours = tags::are_ours(cx, seen.tag_list().iter().filter_map(|t| Some((t.key()?, t.value()?))));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        match self.read(cx).await?.and_then(|group| group.arn) {
            Some(arn) => owner::tagged(cx, &arn).await,
            None => Ok(Owned::Absent),
        }
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<CacheSubnetGroupOutput>> {
        let Some(group) = self.read(cx).await? else { return Ok(Observed::Absent) };
        Ok(self.settings(&group).observed(Some(CacheSubnetGroupOutput { name: self.name.clone() }), ""))
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let gone = || Error::new(Class::NotFound, format!("change the cache subnet group: no {id}"));
        let seen = self.read(cx).await?.ok_or_else(gone)?;
        let call = cx.cloud.elasticache.modify_cache_subnet_group().cache_subnet_group_name(&id.0);
        match self.settings(&seen).ask(call) {
            None => Ok(()),
            Some(call) => unless_as_wanted(call.send().await.or_fail("change the cache subnet group").map(drop)),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.elasticache.delete_cache_subnet_group().cache_subnet_group_name(&id.0);
        call.send().await.or_fail("delete the cache subnet group")?;
        Ok(Removal::Asked)
    }

    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let pages = items!(cx.cloud.elasticache.describe_cache_clusters());
        let seen = pages.all().await.or_fail("read the cache clusters")?;
        let mut all = Vec::new();
        for cache in seen.iter().filter(|c| c.cache_subnet_group_name() == Some(&id.0)) {
            let status = cache.cache_cluster_status().unwrap_or_default();
            let whose = if status == "deleting" { Whose::Going } else { whose(cx, cache.arn()).await? };
            let name = cache.cache_cluster_id().unwrap_or("without a name");
            all.push(Holder::new("cache cluster", name, whose).about(status));
        }
        Ok(all)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.name == old.name) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for CacheSubnetGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "elasticache:AddTagsToResource",
            "elasticache:CreateCacheSubnetGroup",
            "elasticache:DeleteCacheSubnetGroup",
            "elasticache:ModifyCacheSubnetGroup",
        ])
        .on(&["arn:aws:elasticache:*:*:subnetgroup:{name}"]),
        allow(&["elasticache:DescribeCacheSubnetGroups", "elasticache:ListTagsForResource"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::subnet_group(check, want).await
    }
}
