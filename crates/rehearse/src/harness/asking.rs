//! Read-only queries of the commands.
use super::Harness;
use vidpipe_aws::{
    Facts,
    sweep::sweep,
    verify::{Target, verify},
};
use vidpipe_engine::{
    Class, Drift, Error, Name, Result, Stop,
    sweep::Found,
    verify::{Check, Verdict},
};

impl Harness {
    /// The queries that every command makes before its run, both those of the first command and of later ones.
    ///
    /// # Errors
    /// The error AWS returned.
    pub(crate) async fn ask_again(&self) -> Result<Facts> {
        let caller = self.session.aws().caller().await?;
        let new = self.desired.new_state(&caller, &self.disk.read().env.lineage, self.clock.now());
        let opened = self.desired.open(&self.session, new).await?;
        Ok(self.desired.open(&self.session, opened.state).await?.facts)
    }

    /// The recorded resources that are deleted or that differ. The result is not recorded.
    ///
    /// # Errors
    /// If a resource cannot be read.
    pub(crate) async fn drift(&self) -> Result<Vec<(Name, Drift)>> {
        self.session.provider.refresh(&mut self.disk.read(), self.clock.now()).await
    }

    /// Verifies that the environment is usable; returns every check that did not pass.
    ///
    /// # Errors
    /// If a query fails.
    pub(crate) async fn verify(&self) -> Result<Vec<Check>> {
        let verified = verify(self.session.aws(), &self.disk.read(), &Target::Sandbox, &Stop::default()).await?;
        Ok(verified.checks.into_iter().filter(|check| check.verdict != Verdict::Passed).collect())
    }

    /// The resources that still exist, by a sweep of every service.
    ///
    /// # Errors
    /// If a query fails.
    pub(crate) async fn sweep(&self) -> Result<Vec<Found>> {
        let swept = sweep(self.session.aws(), &self.disk.read(), &Stop::default()).await?;
        match swept.unknown.first() {
            Some(unknown) => Err(Error::new(Class::Unknown, format!("{unknown:?}"))),
            None => Ok(swept.found),
        }
    }
}
