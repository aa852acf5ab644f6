//! An RDS [subnet group](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html): the
//! subnets a database may be placed in. It needs subnets in two zones, and cannot be deleted while a database uses it.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    rds::{self, owner, verify},
    settings::{Has, Settings, same_set, unless_as_wanted},
    tags,
};
use aws_sdk_rds::{
    operation::modify_db_subnet_group::builders::ModifyDBSubnetGroupFluentBuilder as Modify,
    types::{DbInstance, DbSubnetGroup as Seen, Tag},
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Error, Holder, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbSubnetGroup {
    /// Its name, in lower case, unique in the account and region.
    pub name: String,
    /// The description.
    pub description: String,
    /// The subnets, in at least two zones.
    pub subnet_ids: Vec<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbSubnetGroupOutput {
    /// Its name.
    pub name: String,
}

impl DbSubnetGroup {
    async fn read(&self, cx: &Cx) -> Result<Option<Seen>> {
        let call = cx.cloud.rds.describe_db_subnet_groups().db_subnet_group_name(&self.name);
        let seen = call.send().await.or_fail("read the DB subnet group")?;
        Ok(seen.db_subnet_groups.unwrap_or_default().into_iter().next())
    }

    fn settings<'a>(&'a self, seen: &Seen) -> Settings<'a, Modify> {
        let subnets = same_set(seen.subnets().iter().filter_map(|s| s.subnet_identifier()), &self.subnet_ids);
        let description = seen.db_subnet_group_description().map(str::to_owned);
        Settings::new()
            // The call requires the subnets every time.
            .has("subnets", Has::same(Some(subnets), true), |call| call)
            .is("description", description, self.description.clone(), Modify::db_subnet_group_description)
    }
}

impl Resource for DbSubnetGroup {
    type Cloud = Aws;
    type Output = DbSubnetGroupOutput;
    const KIND: &'static str = "rds:subnet-group";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const UPDATES: bool = true;
    const TIMING: &'static str = "rds_db_subnet_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.rds.create_db_subnet_group().db_subnet_group_name(&self.name);
        let call = call.db_subnet_group_description(&self.description).set_subnet_ids(Some(self.subnet_ids.clone()));
        let call = call.set_tags(Some(tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())));
        call.send().await.or_fail("create the DB subnet group")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(arn) = self.read(cx).await?.and_then(|g| g.db_subnet_group_arn) else { return Ok(None) };
        let call = cx.cloud.rds.list_tags_for_resource().resource_name(arn);
        let seen = call.send().await.or_fail("read the DB subnet group's tags")?;
        let ours = tags::are_ours(cx, seen.tag_list().iter().filter_map(|t| Some((t.key()?, t.value()?))));
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::subnet_group(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<DbSubnetGroupOutput>> {
        let Some(group) = self.read(cx).await? else { return Ok(Observed::Absent) };
        let status = group.subnet_group_status().unwrap_or("Complete");
        Ok(match status.eq_ignore_ascii_case("complete") {
            false => Observed::pending(status),
            true => self.settings(&group).observed(Some(DbSubnetGroupOutput { name: self.name.clone() }), ""),
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let gone = || Error::new(Class::NotFound, format!("change the DB subnet group: no {id}"));
        let seen = self.read(cx).await?.ok_or_else(gone)?;
        let call = cx.cloud.rds.modify_db_subnet_group().db_subnet_group_name(&id.0);
        let subnets = Some(self.subnet_ids.clone());
        match self.settings(&seen).ask(call) {
            None => Ok(()),
            Some(call) => {
                let asked = call.set_subnet_ids(subnets).send().await;
                unless_as_wanted(asked.or_fail("change the DB subnet group").map(drop))
            }
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.rds.delete_db_subnet_group().db_subnet_group_name(&id.0);
        call.send().await.or_fail("delete the DB subnet group")?;
        Ok(Removal::Asked)
    }

    async fn holders(&self, cx: &Cx, id: &PhysicalId) -> Result<Vec<Holder>> {
        let of = |i: &DbInstance| i.db_subnet_group().and_then(|g| g.db_subnet_group_name()) == Some(&id.0);
        let mut all = rds::instances(cx, of).await?;
        all.extend(rds::clusters(cx, |c| c.db_subnet_group() == Some(&id.0)).await?);
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

impl AwsKind for DbSubnetGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "rds:AddTagsToResource",
            "rds:CreateDBSubnetGroup",
            "rds:DeleteDBSubnetGroup",
            "rds:ModifyDBSubnetGroup",
        ])
        .on(&["arn:aws:rds:*:*:subgrp:{name}"]),
        allow(&["rds:DescribeDBSubnetGroups", "rds:ListTagsForResource"]),
        allow(&["rds:DescribeDBClusters", "rds:DescribeDBInstances"]).to_repair(),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::subnet_group(check, want).await
    }
}
