//! A prefix of a bucket that holds environments, and lookup in it.
use super::{
    RemoteEnv, Terms,
    objects::{Fault, Objects},
    write::read,
};
use crate::{Result, StoreError, place::Key};
use std::{collections::BTreeSet, fmt, sync::Arc};

/// A prefix of a bucket that holds every environment's state.
#[derive(Clone)]
pub struct Bucket {
    pub(crate) objects: Arc<dyn Objects>,
    /// `s3://bucket/prefix`, as the user gave it.
    url: String,
    /// The prefix of every key: empty, or with a `/` at the end.
    prefix: String,
    pub(crate) terms: Terms,
    /// The user's name, and the page of the CI job, which leases name.
    pub(crate) signature: (Option<String>, Option<String>),
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.url).finish()
    }
}

impl Bucket {
    /// The prefix `prefix` of a bucket, which messages call `url`.
    pub fn new(objects: Arc<dyn Objects>, url: &str, prefix: &str, terms: Terms) -> Self {
        let prefix = if prefix.is_empty() { String::new() } else { format!("{}/", prefix.trim_matches('/')) };
        Self { objects, url: url.trim_end_matches('/').into(), prefix, terms, signature: (None, None) }
    }

    /// The same, with leases that name this user and this page of a CI job.
    #[must_use]
    pub fn signed(self, user: Option<String>, job: Option<String>) -> Self {
        Self { signature: (user, job), ..self }
    }

    /// The bucket and prefix, as messages call them.
    pub fn label(&self) -> &str {
        &self.url
    }

    /// The key of an object below the prefix, as messages call it.
    pub(crate) fn url(&self, key: &str) -> String {
        format!("{}/{}", self.url, key.strip_prefix(&self.prefix).unwrap_or(key))
    }

    /// The environment with these names. It need not exist.
    ///
    /// # Errors
    /// [`StoreError::Name`] when a part could lead out of the prefix.
    pub fn environment(&self, pipeline: &str, account: &str, region: &str, suffix: &str) -> Result<RemoteEnv> {
        let key = Key::new(pipeline, account, region, suffix)?;
        let prefix = format!("{}{pipeline}/{account}-{region}/{suffix}/", self.prefix);
        Ok(RemoteEnv::new(self.clone(), key, prefix, None))
    }

    /// Every environment that has a state or a history, in order, with the names of its runs.
    async fn all(&self) -> Result<Vec<(RemoteEnv, bool)>> {
        let list = async || self.objects.list(&self.prefix).await;
        let keys = read(list, self.terms.for_time(self.terms.deadline())).await;
        let keys = keys.map_err(|fault| self.failed("list the environments", &self.prefix, fault))?;
        let mut found: Vec<(String, RemoteEnv, bool, BTreeSet<String>)> = Vec::new();
        for key in keys {
            let Some(rest) = key.strip_prefix(&self.prefix) else { continue };
            let Some((home, file)) = split_env(rest) else { continue };
            if found.last().is_none_or(|(last, ..)| last != home) {
                let Some(env) = self.named(home) else { continue };
                found.push((home.into(), env, false, BTreeSet::new()));
            }
            let Some((_, _, has_state, runs)) = found.last_mut() else { continue };
            *has_state |= file == "state.json";
            runs.extend(file.strip_prefix("runs/").map(str::to_owned));
        }
        Ok(found.into_iter().map(|(_, env, has_state, runs)| (env.with_runs(runs), has_state)).collect())
    }

    fn named(&self, home: &str) -> Option<RemoteEnv> {
        let [pipeline, place, suffix] = home.split('/').collect::<Vec<_>>()[..] else { return None };
        let (account, region) = place.split_once('-')?;
        self.environment(pipeline, account, region, suffix).ok()
    }

    /// Every environment that has a state, ordered by pipeline, account, region and suffix.
    ///
    /// # Errors
    /// When the bucket cannot be listed: a bucket that does not exist is not an empty one.
    pub async fn list(&self) -> Result<Vec<RemoteEnv>> {
        Ok(self.all().await?.into_iter().filter(|(_, has_state)| *has_state).map(|(env, _)| env).collect())
    }

    /// Every environment that has a state or a history; those without a state only if none that matches has one.
    ///
    /// # Errors
    /// As [`Bucket::list`].
    pub async fn remembered(&self, matches: impl Fn(&RemoteEnv) -> bool) -> Result<Vec<RemoteEnv>> {
        let mut found = self.all().await?;
        found.retain(|(env, has_state)| matches(env) && (*has_state || env.has_runs()));
        if found.iter().any(|(_, has_state)| *has_state) {
            found.retain(|(_, has_state)| *has_state);
        }
        Ok(found.into_iter().map(|(env, _)| env).collect())
    }

    /// Every environment, with or without a state.
    pub(crate) async fn every(&self) -> Result<Vec<RemoteEnv>> {
        Ok(self.all().await?.into_iter().map(|(env, _)| env).collect())
    }

    pub(crate) fn failed(&self, doing: &'static str, key: &str, fault: Fault) -> StoreError {
        StoreError::Remote { doing, url: self.url(key), fault }
    }

    /// The error for an object of that key that vidpipe did not write.
    pub(crate) fn not_ours(&self, key: &str, why: &str) -> StoreError {
        StoreError::NotOurs { url: self.url(key), why: why.into() }
    }
}

/// Splits `<pipeline>/<account>-<region>/<suffix>/<file>` before the file.
fn split_env(rest: &str) -> Option<(&str, &str)> {
    let (at, _) = rest.match_indices('/').nth(2)?;
    Some((rest.get(..at)?, rest.get(at + 1..)?))
}
