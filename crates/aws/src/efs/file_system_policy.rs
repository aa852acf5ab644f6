//! The policy of an EFS file system:
//! [PutFileSystemPolicy](https://docs.aws.amazon.com/efs/latest/ug/API_PutFileSystemPolicy.html). Without one, every
//! client that reaches a mount target has full access. A role it names must be visible to EFS, which takes some seconds
//! after the role is created.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    efs::{owner, verify},
    permissions::{Permission, allow},
    policy,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vidpipe_engine::{Change, Class, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result};

/// The roles that may use it, and the access point they must use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clients {
    /// The only access point the clients may use.
    pub access_point_arn: String,
    /// The roles of the clients.
    pub role_arns: Vec<String>,
}

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSystemPolicy {
    /// The file system.
    pub file_system_id: String,
    /// Its ARN.
    pub file_system_arn: String,
    /// The clients that may mount and write it; `None` is every client that reaches a mount target.
    pub clients: Option<Clients>,
}

impl FileSystemPolicy {
    /// Denies access without TLS; allows reading and writing only through a mount target, and for `clients` only
    /// through their access point.
    fn policy(&self) -> Value {
        let mut conditions = json!({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}});
        let principal = match &self.clients {
            None => json!("*"),
            Some(clients) => {
                conditions["StringEquals"] = json!({"elasticfilesystem:AccessPointArn": clients.access_point_arn});
                json!(clients.role_arns)
            }
        };
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OnlyWithTls",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "*",
                    "Resource": self.file_system_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                {
                    "Sid": "OnlyThroughMountTargets",
                    "Effect": "Allow",
                    "Principal": {"AWS": principal},
                    "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                    "Resource": self.file_system_arn,
                    "Condition": conditions,
                },
            ],
        })
    }

    /// Whether the policy matches the spec; `None` if no policy exists.
    async fn is_as_wanted(&self, cx: &Cx) -> Result<Option<bool>> {
        let call = cx.cloud.efs.describe_file_system_policy().file_system_id(&self.file_system_id);
        match call.send().await.or_fail("read the file system's policy") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            Err(e) => Err(e),
            Ok(seen) => Ok(seen.policy().map(|text| policy::says(text, &self.policy()))),
        }
    }
}

impl Resource for FileSystemPolicy {
    type Cloud = Aws;
    type Output = ();
    const KIND: &'static str = "efs:file-system-policy";
    const IDENTITY: Identity = Identity::Setting;
    const OWNER: Owner = Owner::Of("efs:file-system");
    const UPDATES: bool = true;
    const TIMING: &'static str = "efs_file_system";

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let call = cx.cloud.efs.put_file_system_policy().file_system_id(&self.file_system_id);
        call.policy(self.policy().to_string()).send().await.or_fail("set the file system's policy")?;
        Ok(PhysicalId(self.file_system_id.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let set = self.is_as_wanted(cx).await? == Some(true);
        Ok(set.then(|| PhysicalId(self.file_system_id.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::file_system(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, _id: &PhysicalId) -> Result<Observed<()>> {
        Ok(match self.is_as_wanted(cx).await? {
            None => Observed::Absent,
            Some(true) => Observed::Ready(()),
            Some(false) => Observed::differs("the file system has another policy", None),
        })
    }

    async fn update(&self, cx: &Cx, _id: &PhysicalId) -> Result<()> {
        self.create(cx).await.map(drop)
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.efs.delete_file_system_policy().file_system_id(&id.0);
        call.send().await.or_fail("delete the file system's policy")?;
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

impl AwsKind for FileSystemPolicy {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&["elasticfilesystem:DeleteFileSystemPolicy", "elasticfilesystem:PutFileSystemPolicy"]).ours(),
        allow(&["elasticfilesystem:DescribeFileSystemPolicy", "elasticfilesystem:DescribeFileSystems"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::file_system_policy(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy_for(clients: Option<Clients>) -> FileSystemPolicy {
        FileSystemPolicy { file_system_id: "fs-1".into(), file_system_arn: "arn:fs-1".into(), clients }
    }

    #[test]
    fn clients_come_through_their_access_point_only() {
        let clients = Clients { access_point_arn: "arn:fsap-1".into(), role_arns: vec!["arn:role".into()] };
        let policy = policy_for(Some(clients)).policy();
        let allow = &policy["Statement"][1];
        assert_eq!(allow["Principal"]["AWS"], json!(["arn:role"]));
        assert_eq!(allow["Condition"]["StringEquals"]["elasticfilesystem:AccessPointArn"], "arn:fsap-1");
        assert_eq!(allow["Condition"]["Bool"]["elasticfilesystem:AccessedViaMountTarget"], "true");
        assert_eq!(policy["Statement"][0]["Effect"], "Deny");
    }

    #[test]
    fn without_clients_everybody_comes_through_a_mount_target() {
        let policy = policy_for(None).policy();
        assert_eq!(policy["Statement"][1]["Principal"]["AWS"], "*");
        assert!(policy["Statement"][1]["Condition"].get("StringEquals").is_none());
    }
}
