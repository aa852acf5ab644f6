//! Many environments in one account.
use super::Harness;
use std::{rc::Rc, sync::Arc};
use vidpipe_engine::{Budgets, Result};
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_sandbox::{Clock as Pace, Sandbox};

impl Harness {
    /// Environments with these suffixes that run `up` and `down` concurrently in one account. With `shared_budgets`
    /// they share rate budgets, as within one process; otherwise each has its own, as on separate machines.
    ///
    /// # Errors
    /// If the sandbox does not offer what the spec requires.
    pub async fn crowd(pace: Pace, spec: &Spec, suffixes: &[Suffix], shared_budgets: bool) -> Result<Vec<Self>> {
        let (sandbox, budgets) = (Rc::new(Sandbox::in_memory(pace)), Arc::<Budgets>::default());
        let mut crowd = Vec::new();
        for suffix in suffixes {
            let budgets = if shared_budgets { budgets.clone() } else { Arc::default() };
            let lineage = format!("lineage-of-{suffix}");
            crowd.push(Self::in_account(sandbox.clone(), pace, spec, suffix, &lineage, false, budgets).await?);
        }
        Ok(crowd)
    }
}
