//! Checks, before the first change, that the state belongs to the environment to be changed. Pure.
use crate::{Result, StoreError};
use vidpipe_engine::{Environment, State};

/// Refuses a state that belongs to another pipeline, suffix, account or region than the given environment.
///
/// The lineage is not compared: only the state records it, credentials do not.
///
/// # Errors
/// [`StoreError::Foreign`], naming everything that differs.
pub fn guard(state: &State, wanted: &Environment) -> Result<()> {
    let env = &state.env;
    let parts = [
        ("pipeline", &env.pipeline, &wanted.pipeline),
        ("suffix", &env.suffix, &wanted.suffix),
        ("account", &env.account, &wanted.account),
        ("region", &env.region, &wanted.region),
    ];
    let differences: Vec<String> = parts
        .iter()
        .filter(|(_, had, wanted)| had != wanted)
        .map(|(what, had, wanted)| format!("its {what} is {had}, not {wanted}"))
        .collect();
    if differences.is_empty() {
        return Ok(());
    }
    let environment = format!("{}-{}", env.pipeline, env.suffix);
    Err(StoreError::Foreign { environment, differences })
}
