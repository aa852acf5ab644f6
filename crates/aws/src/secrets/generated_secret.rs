//! A [secret](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html) whose value Secrets
//! Manager generates. It is deleted without a recovery window, which would keep its name taken; even then the name is
//! released only some seconds later.
use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ids,
    kms::key_for,
    permissions::{Permission, allow},
    secrets::{owner, verify},
    settings::Settings,
    tags,
};
use aws_sdk_secretsmanager::{operation::update_secret::builders::UpdateSecretFluentBuilder as Update, types::Tag};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};
use zeroize::Zeroizing;

/// Characters that RDS rejects in passwords, or that need quoting in shells and URLs.
const EXCLUDED: &str = "/@\" \\'";

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct GeneratedSecret {
    /// Its name, unique in the account and region.
    pub name: String,
    /// The description.
    pub description: String,
    /// With a user the value is JSON, `{"username": .., "password": ..}`; without, the bare generated text.
    pub username: Option<String>,
    /// Length of the generated text, in characters. A change applies to the next secret, not to this one.
    pub length: u16,
    /// The ARN of the KMS key it is encrypted with; `None` is AWS's own key.
    pub kms_key: Option<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GeneratedSecretOutput {
    /// `arn:aws:secretsmanager:...:secret:...`
    pub arn: String,
    /// Its name.
    pub name: String,
}

#[derive(Serialize)]
struct Login<'a> {
    username: &'a str,
    password: &'a str,
}

/// The alias of AWS's own key, which responses may omit.
const OWN_KEY: &str = "alias/aws/secretsmanager";

impl GeneratedSecret {
    fn settings(&self, description: Option<String>, key: Option<String>) -> Settings<'_, Update> {
        let key = key.filter(|key| !key.is_empty() && !key.ends_with(OWN_KEY));
        Settings::new()
            .is("description", description, self.description.clone(), Update::description)
            // An empty key id selects AWS's own key.
            .is("key", Some(key), self.kms_key.clone(), |call, key| call.kms_key_id(key.unwrap_or_default()))
    }

    /// [GetRandomPassword](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html)
    async fn value(&self, cx: &Cx) -> Result<Zeroizing<String>> {
        let call = cx.cloud.secrets.get_random_password().password_length(self.length.into());
        let call = call.exclude_characters(EXCLUDED).require_each_included_type(true);
        // The error's source is dropped: it could contain the response, and so the password.
        let made = call.send().await.or_fail("generate a password").map_err(|e| Error { source: None, ..e })?;
        let password = made.random_password.filter(|p| !p.is_empty()).map(Zeroizing::new);
        // Nothing has been created yet, so retrying is safe.
        let password =
            password.ok_or_else(|| Error::new(Class::NotSent, "generate a password: the answer has none"))?;
        let Some(username) = &self.username else { return Ok(password) };
        let login = serde_json::to_string(&Login { username, password: &password });
        login.map(Zeroizing::new).map_err(|_| Error::new(Class::Invalid, "write the secret's user and password"))
    }
}

impl Resource for GeneratedSecret {
    type Cloud = Aws;
    type Output = GeneratedSecretOutput;
    const KIND: &'static str = "secrets:generated-secret";
    const IDENTITY: Identity = Identity::Token;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const TIMING: &'static str = "secretsmanager_secret";
    const DATA_LOSS: Option<&'static str> = Some("the generated value");

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let value = self.value(cx).await?;
        let call = cx.cloud.secrets.create_secret().name(&self.name).description(&self.description);
        let call = call.client_request_token(&cx.token.0).set_kms_key_id(self.kms_key.clone());
        let call = call.set_tags(Some(tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build())));
        let made = call.secret_string(value.as_str()).send().await.or_fail("create the secret")?;
        ids::id(made.arn, "secret")
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let found = cx.cloud.secrets.describe_secret().secret_id(&self.name).send().await.or_fail("find the secret")?;
        let tags = found.tags().iter().filter_map(|t| Some((t.key()?, t.value()?)));
        let ours = tags::are_ours(cx, tags) && found.deleted_date.is_none();
        Ok(found.arn.filter(|_| ours).map(PhysicalId))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        owner::secret(cx, &id.0).await
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<GeneratedSecretOutput>> {
        let seen = cx.cloud.secrets.describe_secret().secret_id(&id.0).send().await.or_fail("read the secret")?;
        let (text, key) = (seen.description, seen.kms_key_id);
        Ok(match (seen.deleted_date, seen.arn) {
            (Some(_), _) => Observed::pending("scheduled for deletion"),
            (None, Some(arn)) => {
                self.settings(text, key).observed(Some(GeneratedSecretOutput { arn, name: self.name.clone() }), "")
            }
            (None, None) => Observed::Absent,
        })
    }

    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let seen = cx.cloud.secrets.describe_secret().secret_id(&id.0).send().await.or_fail("read the secret")?;
        let call = cx.cloud.secrets.update_secret().secret_id(&id.0);
        match self.settings(seen.description, seen.kms_key_id).ask(call) {
            None => Ok(()),
            Some(call) => call.send().await.or_fail("change the secret's description and key").map(drop),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        let call = cx.cloud.secrets.delete_secret().secret_id(&id.0).force_delete_without_recovery(true);
        call.send().await.or_fail("delete the secret")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        if (&self.name, &self.username) != (&old.name, &old.username) {
            return Change::Replace;
        }
        // A new length would need a new value, which would lock out users of the old one.
        let same = (&self.description, &self.kms_key) == (&old.description, &old.kms_key);
        if same { Change::None } else { Change::Update }
    }
}

impl AwsKind for GeneratedSecret {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "secretsmanager:CreateSecret",
            "secretsmanager:DeleteSecret",
            "secretsmanager:DescribeSecret",
            "secretsmanager:TagResource",
            "secretsmanager:UpdateSecret",
        ])
        .on(&["arn:aws:secretsmanager:*:*:secret:{name}-*"]),
        allow(&["secretsmanager:GetRandomPassword"]),
        allow(&["secretsmanager:GetSecretValue"]).on(&["arn:aws:secretsmanager:*:*:secret:{name}-*"]).to_verify(),
        key_for(&["secretsmanager.*.amazonaws.com"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::generated_secret(check, want).await
    }
}
