//! `down`, with its final sweep.
use super::Harness;
use vidpipe_aws::sweep::sweep;
use vidpipe_engine::{Consent, Graph, State, Stop, Summary, sweep::Swept};

impl Harness {
    /// Runs `down` once as the command does: with the final sweep, whose findings are removed too. Returns the summary
    /// and the result of the sweep; `None` if there was no sweep.
    pub(crate) async fn clear(&self) -> (Summary, Option<Swept>) {
        let have = self.disk.read();
        self.disk.count_anew(None);
        let plan = self.plan(&Graph::default(), &have);
        let ask = async |state: &State| sweep(&self.aws, state, &Stop::default()).await;
        match self.runner(have, Consent::Everything).clear(&plan, ask).await {
            Ok(cleared) => cleared,
            Err(e) => unreachable!("nobody asks it to stop, and the disk takes everything: {e:?}"),
        }
    }
}
