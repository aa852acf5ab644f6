//! Values of an RDS parameter group that are not the engine's defaults, set by
//! [ModifyDBParameterGroup](https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html) at
//! once: only dynamic parameters, such as `rds.force_ssl`, and at most twenty.
use crate::{Aws, Cx, OrFail, rds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vidpipe_engine::{Change, Class, Error, Identity, Observed, PhysicalId, Removal, Resource, Result};

/// What it is made from.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct DbParameters {
    /// The parameter group.
    pub group_name: String,
    /// The parameters' names and values, such as `rds.force_ssl` and `1`.
    pub values: BTreeMap<String, String>,
}

/// What others may read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DbParametersOutput {
    /// The group, now with these values: what a database should be made with.
    pub group_name: String,
}

impl DbParameters {
    /// The first parameter that has not its wanted value, and which it has instead.
    async fn wrong(&self, cx: &Cx) -> Result<Option<String>> {
        let mut wrong = rds::differing(&self.values, &self.set(cx).await?);
        if wrong.is_some() {
            // A value that happens to be the engine's default need not be listed as set by a user.
            wrong = rds::differing(&self.values, &self.values_from(cx, None).await?);
        }
        Ok(wrong)
    }

    async fn put(&self, cx: &Cx, values: &BTreeMap<String, String>) -> Result<()> {
        let call = cx.cloud.rds.modify_db_parameter_group().db_parameter_group_name(&self.group_name);
        call.set_parameters(Some(rds::typed(values))).send().await.or_fail("set the DB parameters").map(drop)
    }

    /// The values of our parameters that are not the engine's own.
    async fn set(&self, cx: &Cx) -> Result<BTreeMap<String, String>> {
        self.values_from(cx, Some("user")).await
    }

    /// The values the group has of our parameters.
    async fn values_from(&self, cx: &Cx, source: Option<&str>) -> Result<BTreeMap<String, String>> {
        let call = cx.cloud.rds.describe_db_parameters().db_parameter_group_name(&self.group_name);
        let mut listed = items!(call.set_source(source.map(str::to_owned)));
        rds::values(&self.values, async || Some(listed.next().await?.or_fail("look at the DB parameters"))).await
    }
}

impl Resource for DbParameters {
    type Cloud = Aws;
    type Output = DbParametersOutput;
    const KIND: &'static str = "rds:parameters";
    const IDENTITY: Identity = Identity::Setting;
    const UPDATES: bool = true;
    const TIMING: &'static str = "rds_db_subnet_group";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx, &self.values).await?;
        Ok(PhysicalId(self.group_name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        Ok(self.wrong(cx).await?.is_none().then(|| PhysicalId(self.group_name.clone())))
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<DbParametersOutput>> {
        Ok(match self.wrong(cx).await? {
            None => Observed::Ready(DbParametersOutput { group_name: self.group_name.clone() }),
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
            // Where the engine's own values are the wanted ones, they would look set for ever.
            return Err(Error::new(Class::NotFound, "reset the DB parameters: they are the engine's own already"));
        }
        let call = cx.cloud.rds.reset_db_parameter_group().db_parameter_group_name(&id.0);
        call.set_parameters(Some(rds::typed(&self.values))).send().await.or_fail("reset the DB parameters")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        // What is no longer wanted has to be reset, and only the old spec knows it.
        let keeps = old.values.keys().all(|name| self.values.contains_key(name));
        match (self == old, self.group_name == old.group_name && keeps) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}
