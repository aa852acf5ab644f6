//! The two secrets of the pipeline: made by vidpipe, or there already and only read.
use super::Drawing;
use crate::parts::small;
use vidpipe_aws::{
    Aws, Existing,
    kinds::{
        kms::Key,
        secrets::{GeneratedSecret, GeneratedSecretOutput},
    },
};
use vidpipe_engine::{Graph, Handle, graph::Use};

/// A secret that vidpipe makes, or that is there already.
pub(super) enum Secret {
    Made(Handle<GeneratedSecret>),
    /// No node of ours: nothing waits for it, and nothing removes it.
    Existing(Existing),
}

impl Secret {
    pub(super) const fn is_made(&self) -> bool {
        matches!(self, Self::Made(_))
    }

    /// Uses only its value.
    pub(super) fn value(&self) -> Option<Use<GeneratedSecret>> {
        match self {
            Self::Made(secret) => Some(secret.value()),
            Self::Existing(_) => None,
        }
    }

    /// Its ARN, from what [`Self::value`] gives.
    pub(super) fn arn(&self) -> impl Fn(Option<GeneratedSecretOutput>) -> String + use<> {
        let existing = match self {
            Self::Made(_) => String::new(),
            Self::Existing(secret) => secret.arn.clone(),
        };
        move |made| made.map_or_else(|| existing.clone(), |made| made.arn)
    }

    /// The key of somebody else's that it is encrypted with.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::Made(_) => None,
            Self::Existing(secret) => secret.kms_key.clone(),
        }
    }
}

/// The database's, and the API's.
pub(super) fn add(g: &mut Graph<Aws>, p: &Drawing<'_>, key: Option<&Handle<Key>>) -> (Secret, Secret) {
    let d = &p.own.database;
    let length = small(d.password_length);
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
