//! When an EFS file system moves files between storage classes:
//! [PutLifecycleConfiguration](https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html). AWS's
//! default is never. The call replaces the whole configuration.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    efs::{owner, verify},
    permissions::{Permission, allow},
};
use aws_sdk_efs::types::{
    LifecyclePolicy, TransitionToIaRules as ToIa, TransitionToPrimaryStorageClassRules as ToPrimary,
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Change, Class, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Lifecycle {
    /// The file system.
    pub file_system_id: String,
    /// Days without access after which a file moves to infrequent access: 1, 7, 14, 30, 60, 90, 180, 270 or 365.
    pub infrequent_access_after_days: u16,
    /// Whether a file moves back when it is accessed.
    pub back_on_access: bool,
}

impl Lifecycle {
    fn policies(&self) -> Result<Vec<LifecyclePolicy>> {
        let to_ia = match self.infrequent_access_after_days {
            1 => ToIa::After1Day,
            7 => ToIa::After7Days,
            14 => ToIa::After14Days,
            30 => ToIa::After30Days,
            60 => ToIa::After60Days,
            90 => ToIa::After90Days,
            180 => ToIa::After180Days,
            270 => ToIa::After270Days,
            365 => ToIa::After365Days,
            days => {
                let what = format!("move files to infrequent access after {days} days: EFS knows no such rule");
                return Err(Error::new(Class::Invalid, what).hint("choose 1, 7, 14, 30, 60, 90, 180, 270 or 365 days"));
            }
        };
        // AWS accepts one transition per policy.
        let to_ia = LifecyclePolicy::builder().transition_to_ia(to_ia).build();
        let back = LifecyclePolicy::builder().transition_to_primary_storage_class(ToPrimary::After1Access).build();
        Ok(if self.back_on_access { vec![to_ia, back] } else { vec![to_ia] })
    }

    async fn put(&self, cx: &Cx, policies: Vec<LifecyclePolicy>) -> Result<()> {
        let call = cx.cloud.efs.put_lifecycle_configuration().file_system_id(&self.file_system_id);
        let call = call.set_lifecycle_policies(Some(policies));
        call.send().await.or_fail("set the file system's lifecycle").map(drop)
    }

    async fn seen(&self, cx: &Cx) -> Result<Vec<LifecyclePolicy>> {
        let call = cx.cloud.efs.describe_lifecycle_configuration().file_system_id(&self.file_system_id);
        let seen = call.send().await.or_fail("read the file system's lifecycle")?;
        Ok(seen.lifecycle_policies.unwrap_or_default())
    }

    fn is_as_wanted(&self, seen: &[LifecyclePolicy]) -> Result<bool> {
        let desired = self.policies()?;
        Ok(desired.len() == seen.len() && desired.iter().all(|policy| seen.contains(policy)))
    }
}

impl Resource for Lifecycle {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "efs:lifecycle";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("efs:file-system");
    const UPDATES: bool = true;
    const TIMING: &'static str = "efs_file_system";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        self.put(cx, self.policies()?).await?;
        Ok(PhysicalId(self.file_system_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = self.is_as_wanted(&self.seen(cx).await?)?;
        Ok(set.then(|| PhysicalId(self.file_system_id.clone())))
    }

    async fn owner(&self, cx: &Cx, _id: &PhysicalId) -> Result<Owned> {
        owner::file_system(cx, &self.file_system_id).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        let seen = self.seen(cx).await?;
        Ok(match self.is_as_wanted(&seen)? {
            true => Observed::Ready(()),
            false if seen.is_empty() => Observed::Absent,
            false => Observed::differs("the file system has another lifecycle", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.put(cx, self.policies()?).await
    }

    async fn delete(&self, cx: &Cx, _id: &PhysicalId) -> Result<Removal> {
        self.put(cx, Vec::new()).await?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        match (self == old, self.file_system_id == old.file_system_id) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for Lifecycle {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["elasticfilesystem:PutLifecycleConfiguration"]).ours(),
        allow(&["elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeLifecycleConfiguration"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::lifecycle(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_transition_is_a_policy_of_its_own_in_any_order() {
        let desired =
            Lifecycle { file_system_id: "fs-1".into(), infrequent_access_after_days: 7, back_on_access: true };
        let mut policies = desired.policies().expect("7 days are a rule");
        policies.reverse();
        assert!(desired.is_as_wanted(&policies).expect("7 days are a rule"));
        assert!(!desired.is_as_wanted(&policies[..1]).expect("7 days are a rule"));
    }

    #[test]
    fn other_numbers_of_days_are_refused() {
        let wrong = Lifecycle { file_system_id: "fs-1".into(), infrequent_access_after_days: 8, back_on_access: false };
        let refused = wrong.policies().expect_err("no rule for 8 days");
        assert_eq!(refused.class, Class::Invalid);
    }
}
