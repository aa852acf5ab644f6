//! Checks, before the first change, that the state belongs to the environment to be changed. Pure.
use crate::{Result, StoreError};
use vidpipe_engine::{Environment, State};

/// Refuses a state that belongs to another pipeline, suffix, account or region than the given environment.
///
/// The lineage is not compared: only the state records it, credentials do not.
///
/// # Errors
/// [`StoreError::Foreign`], naming everything that differs.
pub fn guard(state: &State, desired: &Environment) -> Result<()> {
    let env = &state.env;
    let parts = [
        ("pipeline", &env.pipeline, &desired.pipeline),
        ("suffix", &env.suffix, &desired.suffix),
        ("account", &env.account, &desired.account),
        ("region", &env.region, &desired.region),
    ];
    let differences: Vec<String> = parts
        .iter()
        .filter(|(_, had, desired)| had != desired)
        .map(|(what, had, desired)| format!("its {what} is {had}, not {desired}"))
        .collect();
    if differences.is_empty() {
        return Ok(());
    }
    let environment = format!("{}-{}", env.pipeline, env.suffix);
    Err(StoreError::Foreign { environment, differences })
}
