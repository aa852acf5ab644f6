//! Many environments in one account.
use super::World;
use std::{rc::Rc, sync::Arc};
use vidpipe_engine::{Result, pace::Budgets};
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_sandbox::{Clock as Pace, Sandbox};

impl World {
    /// Environments of these suffixes that go up and down at once in one account. Each knows of the others'
    /// calls if they are `told`, as within one process; else each has a machine of its own.
    ///
    /// # Errors
    /// When the sandbox does not offer what the spec asks for.
    pub async fn crowd(pace: Pace, spec: &Spec, suffixes: &[Suffix], told: bool) -> Result<Vec<Self>> {
        let (sandbox, budgets) = (Rc::new(Sandbox::in_memory(pace)), Arc::<Budgets>::default());
        let mut crowd = Vec::new();
        for suffix in suffixes {
            let budgets = if told { budgets.clone() } else { Arc::default() };
            let lineage = format!("lineage-of-{suffix}");
            crowd.push(Self::in_account(sandbox.clone(), pace, spec, suffix, &lineage, false, budgets).await?);
        }
        Ok(crowd)
    }
}
