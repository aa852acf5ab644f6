//! A removal with the sweep that it ends with.
use super::World;
use vidpipe_aws::sweep::sweep;
use vidpipe_engine::{Consent, Graph, State, Stop, Summary, sweep::Swept};

impl World {
    /// One `down` as the command does it: with the sweep after it, and what that finds removed too. What it came to, and what
    /// is left as the sweep tells it; `None` where it was not asked.
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
