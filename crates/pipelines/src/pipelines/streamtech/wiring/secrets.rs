//! The two secrets of the pipeline: created by vidpipe, or existing and only read.
use super::Wiring;
use crate::parts::to_u16;
use vidpipe_aws::{
    Aws, Existing,
    kinds::{
        kms::Key,
        secrets::{GeneratedSecret, GeneratedSecretOutput},
    },
};
use vidpipe_engine::{Graph, Handle, graph::Use};

/// A secret that vidpipe creates, or an existing one.
pub(super) enum Secret {
    Made(Handle<GeneratedSecret>),
    /// Not a node of the graph: nothing waits for it, and vidpipe never deletes it.
    Existing(Existing),
}

impl Secret {
    pub(super) const fn is_made(&self) -> bool {
        matches!(self, Self::Made(_))
    }

    /// A dependency on its outputs only; `None` for an existing secret.
    pub(super) fn value(&self) -> Option<Use<GeneratedSecret>> {
        match self {
            Self::Made(secret) => Some(secret.value()),
            Self::Existing(_) => None,
        }
    }

    /// Returns its ARN, given the output of [`Self::value`].
    pub(super) fn arn(&self) -> impl Fn(Option<GeneratedSecretOutput>) -> String + use<> {
        let existing = match self {
            Self::Made(_) => String::new(),
            Self::Existing(secret) => secret.arn.clone(),
        };
        move |made| made.map_or_else(|| existing.clone(), |made| made.arn)
    }

    /// The KMS key of an existing secret, which vidpipe does not own.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::Made(_) => None,
            Self::Existing(secret) => secret.kms_key.clone(),
        }
    }
}

/// Adds the database's secret and the API's.
pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, key: Option<&Handle<Key>>) -> (Secret, Secret) {
    let d = &p.design.database;
    let length = to_u16(d.password_length);
    let mut secret = |existing: &Option<Existing>, node: &str, description: &'static str, username: Option<String>| {
        if let Some(existing) = existing {
            return Secret::Existing(existing.clone());
        }
        let name = p.names.of(node);
        Secret::Made(g.add(node, key, move |key| GeneratedSecret {
            name: name.clone(),
            description: description.into(),
            username: username.clone(),
            length,
            kms_key: key.map(|k| k.arn),
        }))
    };
    let login = secret(&p.facts.login, "db-secret", "RDS PostgreSQL credentials", Some(d.username.clone()));
    (login, secret(&p.facts.api_key, "api-secret", "API Gateway API key", None))
}
