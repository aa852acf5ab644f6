//! `down`, with its final sweep.
use super::Harness;
use vidpipe_engine::{
    Consent, Graph, Summary,
    sweep::{Swept, Unknown},
};

impl Harness {
    /// Runs `down` once as the command does: with the final sweep, whose findings are removed too. Returns the summary
    /// and the result of the sweep; `None` if there was no sweep.
    pub(crate) async fn clear(&self) -> (Summary, Option<Swept>) {
        let have = self.disk.read();
        self.disk.count_anew(None);
        let plan = self.plan(&Graph::default(), &have);
        let run = self.begun(have, Consent::Everything);
        match run.clear(&plan, |unanswered| unanswered.error.to_string()).await {
            Ok(cleared) => cleared,
            Err(e) => unreachable!("nobody asks it to stop, and the disk takes everything: {e:?}"),
        }
    }

    /// The violations that the sweep after a complete `down` finds: resources of ours, and questions without an answer.
    pub(crate) async fn swept(&self) -> Vec<String> {
        let (summary, swept) = self.clear().await;
        let Some(swept) = swept else { return vec![format!("`down` did not sweep: {summary:?}")] };
        let left = swept.left().map(|found| format!("the sweep found {} {} {}", found.service, found.what, found.id));
        let unknown =
            |Unknown { service, what, why }: &Unknown| format!("the sweep has no answer: {service} {what}, {why}");
        left.chain(swept.unknown.iter().map(unknown)).collect()
    }
}
