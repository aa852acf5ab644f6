//! Read-only queries of the commands.
use super::Harness;
use vidpipe_aws::{
    Facts, KINDS,
    sweep::sweep,
    verify::{Target, verify},
};
use vidpipe_engine::{
    Class, Drift, Error, Name, Result, Stop, refresh,
    sweep::Found,
    verify::{Check, Verdict},
};
use vidpipe_pipelines::wanted;

impl Harness {
    /// The queries that every command makes before its run, both those of the first command and of later ones.
    ///
    /// # Errors
    /// The error AWS returned.
    pub(crate) async fn ask_again(&self) -> Result<Facts> {
        let caller = self.aws.caller().await?;
        Facts::ask(&self.aws, &caller, &wanted(&self.spec)).await?.kept(&self.aws, &wanted(&self.spec)).await
    }

    /// The recorded resources that are deleted or that differ. The result is not recorded.
    ///
    /// # Errors
    /// If a resource cannot be read.
    pub(crate) async fn drift(&self) -> Result<Vec<(Name, Drift)>> {
        refresh(&self.aws, KINDS, &mut self.disk.read(), self.clock.now()).await
    }

    /// Verifies that the environment is usable; returns every check that did not pass.
    ///
    /// # Errors
    /// If a query fails.
    pub(crate) async fn verify(&self) -> Result<Vec<Check>> {
        let verified = verify(&self.aws, &self.disk.read(), &Target::Sandbox, &Stop::default()).await?;
        Ok(verified.checks.into_iter().filter(|check| check.verdict != Verdict::Passed).collect())
    }

    /// The resources that still exist, by a sweep of every service.
    ///
    /// # Errors
    /// If a query fails.
    pub(crate) async fn sweep(&self) -> Result<Vec<Found>> {
        let swept = sweep(&self.aws, &self.disk.read(), &Stop::default()).await?;
        match swept.unknown.first() {
            Some(unknown) => Err(Error::new(Class::Unknown, format!("{unknown:?}"))),
            None => Ok(swept.found),
        }
    }
}
