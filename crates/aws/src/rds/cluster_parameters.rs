//! Values of a cluster parameter group that differ from the engine's defaults, set immediately by
//! [ModifyDBClusterParameterGroup](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBClusterParameterGroup.html):
//! only dynamic parameters, such as `rds.force_ssl`, and at most twenty.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    permissions::{Permission, allow},
    rds::{self, owner, verify},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbClusterParameters {
    /// The cluster parameter group.
    pub group_name: String,
    /// The parameters' names and values, such as `rds.force_ssl` and `1`.
    pub values: BTreeMap<String, String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbClusterParametersOutput {
    /// The group, now with these values, for creating clusters.
    pub group_name: String,
}

impl DbClusterParameters {
    /// The first parameter that differs from the spec, with its actual value.
    async fn wrong(&self, cx: &Cx) -> Result<Option<String>> {
        let mut wrong = rds::differing(&self.values, &self.set(cx).await?);
        if wrong.is_some() {
            // A value equal to the engine's default may be missing from the user-set values.
            wrong = rds::differing(&self.values, &self.values_from(cx, None).await?);
        }
        Ok(wrong)
    }

    async fn put(&self, cx: &Cx, values: &BTreeMap<String, String>) -> Result<()> {
        let call = cx.cloud.rds.modify_db_cluster_parameter_group().db_cluster_parameter_group_name(&self.group_name);
        call.set_parameters(Some(rds::typed(values))).send().await.or_fail("set the DB cluster parameters").map(drop)
    }

    /// The user-set values of the spec's parameters.
    async fn set(&self, cx: &Cx) -> Result<BTreeMap<String, String>> {
        self.values_from(cx, Some("user")).await
    }

    /// The group's values of the spec's parameters, optionally limited to one source.
    async fn values_from(&self, cx: &Cx, source: Option<&str>) -> Result<BTreeMap<String, String>> {
        let call = cx.cloud.rds.describe_db_cluster_parameters().db_cluster_parameter_group_name(&self.group_name);
        let mut listed = items!(call.set_source(source.map(str::to_owned)));
        let doing = "read the DB cluster parameters";
        rds::values(&self.values, async || Some(listed.next().await?.or_fail(doing))).await
    }
}

impl Resource for DbClusterParameters {
    type Cloud = Aws;
    type Output = DbClusterParametersOutput;
    const KIND: &'static str = "rds:cluster-parameters";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("rds:cluster-parameter-group");
    const UPDATES: bool = true;
    const TIMING: &'static str = "rds_db_subnet_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx, &self.values).await?;
        Ok(PhysicalId(self.group_name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.wrong(cx).await?.is_none().then(|| PhysicalId(self.group_name.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::cluster_parameter_group(cx, &self.group_name).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<DbClusterParametersOutput>> {
        Ok(match self.wrong(cx).await? {
            None => Observed::Ready(DbClusterParametersOutput { group_name: self.group_name.clone() }),
            Some(_) if self.set(cx).await?.is_empty() => Observed::Absent,
            Some(why) => Observed::differs(why, None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        let has = self.values_from(cx, None).await?;
        let differ = self.values.iter().filter(|(name, value)| has.get(*name) != Some(value));
        let differ: BTreeMap<_, _> = differ.map(|(name, value)| (name.clone(), value.clone())).collect();
        if differ.is_empty() { Ok(()) } else { self.put(cx, &differ).await }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        if self.set(cx).await?.is_empty() {
            // If the desired values are the engine's defaults, `observe` would never see them as absent.
            let what = "reset the DB cluster parameters: they are the engine's own already";
            return Err(Error::new(Class::NotFound, what));
        }
        let call = cx.cloud.rds.reset_db_cluster_parameter_group().db_cluster_parameter_group_name(&id.0);
        call.set_parameters(Some(rds::typed(&self.values))).send().await.or_fail("reset the DB cluster parameters")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        // A parameter dropped from the spec must be reset, and only the old spec lists it.
        let keeps = old.values.keys().all(|name| self.values.contains_key(name));
        match (self == old, self.group_name == old.group_name && keeps) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for DbClusterParameters {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["rds:ModifyDBClusterParameterGroup", "rds:ResetDBClusterParameterGroup"])
            .on(&["arn:aws:rds:*:*:cluster-pg:{rds:cluster-parameter-group.name}"]),
        allow(&["rds:DescribeDBClusterParameters", "rds:DescribeDBClusterParameterGroups", "rds:ListTagsForResource"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::aurora::cluster_parameters(check, want).await
    }
}
