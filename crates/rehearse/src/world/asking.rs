//! What commands ask that change nothing.
use super::World;
use vidpipe_aws::{
    Facts, KINDS,
    sweep::sweep,
    verify::{Whence, verify},
};
use vidpipe_engine::{
    Class, Drift, Error, Name, Result, Stop, refresh,
    sweep::Found,
    verify::{Check, Verdict},
};
use vidpipe_pipelines::wanted;

impl World {
    /// What every command asks before its run, as the first does and as the later do.
    ///
    /// # Errors
    /// What it is refused with.
    pub(crate) async fn ask_again(&self) -> Result<Facts> {
        let caller = self.aws.caller().await?;
        Facts::ask(&self.aws, &caller, &wanted(&self.spec)).await?.kept(&self.aws, &wanted(&self.spec)).await
    }

    /// What is gone, or differs, of everything recorded; nothing is recorded of it.
    ///
    /// # Errors
    /// When something cannot be looked at.
    pub(crate) async fn look(&self) -> Result<Vec<(Name, Drift)>> {
        refresh(&self.aws, KINDS, &mut self.disk.read(), self.clock.now()).await
    }

    /// Whether it is usable: every check that did not pass.
    ///
    /// # Errors
    /// When something could not be asked.
    pub(crate) async fn verify(&self) -> Result<Vec<Check>> {
        let verified = verify(&self.aws, &self.disk.read(), &Whence::Sandbox, &Stop::default()).await?;
        Ok(verified.checks.into_iter().filter(|check| check.verdict != Verdict::Passed).collect())
    }

    /// What is still there, asked of every service.
    ///
    /// # Errors
    /// When something could not be asked.
    pub(crate) async fn sweep(&self) -> Result<Vec<Found>> {
        let swept = sweep(&self.aws, &self.disk.read(), &Stop::default()).await?;
        match swept.unknown.first() {
            Some(unknown) => Err(Error::new(Class::Unknown, format!("{unknown:?}"))),
            None => Ok(swept.found),
        }
    }
}
