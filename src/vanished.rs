//! What becomes of a state whose folder was removed while a run was at work in it.
use crate::{
    commands::note,
    fail::{Exit, Failure, Result},
};
use std::{env, path::Path};
use vidpipe_engine::{Class, Ledger, State, event::Fault};
use vidpipe_store::Lock;

/// See that what the run knows is on a disk, and say where that is, if it is not where it belongs.
pub(crate) async fn see_to(lock: &Lock, ledger: &Ledger) -> Result {
    // Once more: by now it may have a place again.
    if !ledger.is_durable()
        && let Err(e) = ledger.amend(|_| ()).await
        // Whoever took the environment away is named already, and where what was known is.
        && e.class != Class::Taken
        // Where there is an older one, its intents find whatever came of them.
        && !lock.place().state_file().exists()
    {
        note(&format!(
            "error: the state is gone, and could not be written again: failed to {}",
            Fault::from(&e).told()
        ))?;
        return note(&format!("  help: {}", elsewhere(lock, &ledger.snapshot())?));
    }
    if lock.was_restored() {
        let folder = lock.place().path().display();
        note(&format!(
            "warning: {folder} was removed during this run and was made again: its backups and its history are gone"
        ))?;
    }
    Ok(())
}

/// Put it where it can be fetched from: what to do with it.
fn elsewhere(lock: &Lock, state: &State) -> Result<String> {
    let folders = [env::temp_dir(), ".".into()];
    let saved = folders.iter().find_map(|folder| lock.rescue(state, Path::new(folder)).ok());
    let Some(saved) = saved else {
        let text = serde_json::to_string(state).map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        return Ok(format!("it could not be written anywhere else either: keep this, it is all that is known\n{text}"));
    };
    let (saved, folder, file) = (saved.display(), lock.place().path().display(), lock.place().state_file());
    Ok(format!("before anything else, put it back: mkdir -p {folder} && mv {saved} {}", file.display()))
}
