//! Reads existing secrets before the first create. Their values are checked and dropped; no error contains any part
//! of one.
use crate::{
    Aws, OrFail,
    secrets::{
        existing::{ExistingSecret, existing_secret},
        secret,
    },
};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{Class, Error, Result, Stop, patiently};

/// The shortest API key that API Gateway accepts, in characters.
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html>
const SHORTEST_KEY: usize = 20;

/// An existing secret with the database login.
#[derive(Clone, Copy, Debug)]
pub struct Login<'a> {
    /// The name or ARN of the secret.
    pub secret: &'a str,
    /// The user name it must hold.
    pub username: &'a str,
}

/// An existing secret that can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existing {
    /// The name or ARN it was requested by.
    pub asked: String,
    /// The full ARN.
    pub arn: String,
    /// The ARN of the key it is encrypted with; `None` is the AWS managed key, which needs no permission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
}

impl Existing {
    async fn new(aws: &Aws, asked: &str, found: ExistingSecret) -> Result<Self> {
        let kms_key = match found.kms_key.filter(|key| !key.contains("alias/aws/")) {
            Some(key) if is_key_arn(&key) => Some(key),
            Some(key) => Some(key_arn(aws, &key).await?),
            None => None,
        };
        Ok(Self { asked: asked.into(), arn: found.arn, kms_key })
    }

    pub(super) fn placeholder(region: &str, account: &str, asked: &str) -> Self {
        let arn = match asked.starts_with("arn:") {
            true => asked.into(),
            false => format!("arn:aws:secretsmanager:{region}:{account}:secret:{asked}"),
        };
        Self { asked: asked.into(), arn, kms_key: None }
    }
}

fn is_key_arn(key: &str) -> bool {
    key.starts_with("arn:") && key.contains(":key/")
}

/// The ARN of a key, for policies, which accept neither aliases nor bare ids.
/// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)
async fn key_arn(aws: &Aws, id_or_alias: &str) -> Result<String> {
    let call = aws.kms.describe_key().key_id(id_or_alias);
    let describe = async || call.clone().send().await.or_fail("read the existing secret's KMS key");
    let seen = patiently(&Stop::default(), describe).await?;
    let arn = seen.key_metadata.and_then(|key| key.arn);
    arn.ok_or_else(|| Error::new(Class::Unknown, format!("read the KMS key {id_or_alias}: the answer has no ARN")))
}

/// Reads both secrets, where given.
pub(super) async fn ask(
    aws: &Aws,
    login: Option<Login<'_>>,
    api_key: Option<&str>,
) -> Result<(Option<Existing>, Option<Existing>)> {
    let login = async {
        match login {
            Some(login) => ask_login(aws, login).await.map(Some),
            None => Ok(None),
        }
    };
    let api_key = async {
        match api_key {
            Some(secret) => ask_key(aws, secret).await.map(Some),
            None => Ok(None),
        }
    };
    futures::try_join!(login, api_key)
}

async fn ask_login(aws: &Aws, login: Login<'_>) -> Result<Existing> {
    let found = existing_secret(aws, login.secret, &["username", "password"]).await?;
    let value = read(aws, &found.arn).await?;
    let fields = secret::Fields::parse(&value.text);
    let is_same = fields.as_ref().and_then(|f| f.get("username")).and_then(|u| u.as_str()) == Some(login.username);
    if !is_same {
        return Err(refused(login.secret, "its username is not the one in the spec")
            .hint("set database.username in the spec to the username in the secret, or name another secret"));
    }
    Existing::new(aws, login.secret, found).await
}

async fn ask_key(aws: &Aws, secret: &str) -> Result<Existing> {
    let found = existing_secret(aws, secret, &[]).await?;
    let value = read(aws, &found.arn).await?;
    if value.text.chars().count() < SHORTEST_KEY {
        return Err(refused(secret, "it is too short for an API key")
            .hint(format!("API Gateway wants {SHORTEST_KEY} characters or more")));
    }
    Existing::new(aws, secret, found).await
}

async fn read(aws: &Aws, arn: &str) -> Result<secret::Current> {
    patiently(&Stop::default(), async || secret::read_from(aws, arn).await).await
}

fn refused(secret: &str, why: &str) -> Error {
    Error::new(Class::Invalid, format!("use the existing secret {secret}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Facts;

    #[test]
    fn only_a_key_s_own_arn_will_do() {
        assert!(is_key_arn("arn:aws:kms:ap-northeast-1:210987654321:key/1234abcd"));
        for other in ["1234abcd", "alias/tokyo", "arn:aws:kms:ap-northeast-1:210987654321:alias/tokyo"] {
            assert!(!is_key_arn(other), "{other}");
        }
    }

    #[test]
    fn facts_of_before_there_were_secrets_read() {
        let old = r#"{"account": "1", "partition": "aws", "region": "r", "zones": ["ra"], "postgres_version": "15.8"}"#;
        let facts: Facts = serde_json::from_str(old).expect("it reads");
        assert_eq!((facts.login.clone(), facts.api_key.clone()), (None, None));
        let new = serde_json::to_value(&facts).expect("it writes");
        assert_eq!(new, serde_json::from_str::<serde_json::Value>(old).expect("it reads"));
    }
}
