//! Handles a state folder that was removed during a run.
use crate::{
    fail::{Exit, Failure, Result},
    print::note,
};
use std::{env, path::Path};
use vidpipe_engine::{Class, Ledger, State, event::Fault};
use vidpipe_store::{EnvLock, Lock};

/// Makes sure that the state is on disk, and reports where it is if not in its environment directory.
pub(crate) async fn see_to(lock: &EnvLock, ledger: &Ledger) -> Result {
    match lock {
        EnvLock::Folder(lock) => in_folder(lock, ledger).await,
        EnvLock::Bucket(_) => in_bucket(&lock.label(), ledger).await,
    }
}

/// What was not saved in the end is not lost: nothing was begun before its intent was saved.
async fn in_bucket(label: &str, ledger: &Ledger) -> Result {
    if ledger.is_durable() || ledger.check().is_err() {
        return Ok(());
    }
    match ledger.amend(|_| ()).await {
        Err(e) if e.class != Class::Taken => {
            let why = Fault::from(&e).to_line();
            note(&format!("warning: the end of this run could not be saved in {label}: failed to {why}"))?;
            note("  help: run the same command again: all that was begun is recorded there, and is found")
        }
        _ => Ok(()),
    }
}

async fn in_folder(lock: &Lock, ledger: &Ledger) -> Result {
    // Save once more: the environment directory may exist again by now.
    if !ledger.is_durable()
        && let Err(e) = ledger.amend(|_| ()).await
        // That error has already named the run that took over, and where the state was saved.
        && e.class != Class::Taken
        // If an older state exists, its intents find everything done since.
        && !lock.place().state_file().exists()
    {
        note(&format!(
            "error: the state is gone, and could not be written again: failed to {}",
            Fault::from(&e).to_line()
        ))?;
        return note(&format!("  help: {}", rescue(lock, &ledger.snapshot())?));
    }
    if lock.was_restored() {
        let folder = lock.place().path().display();
        note(&format!(
            "warning: {folder} was removed during this run and was made again: its backups and its history are gone"
        ))?;
    } else if lock.was_retaken() {
        let folder = lock.place().path().display();
        note(&format!(
            "warning: the lock file in {folder} was removed during this run and was made again: it protects the environment \
             from a second run, so leave it there"
        ))?;
    }
    Ok(())
}

/// Saves the state where it can be recovered from. Returns what to do with it.
fn rescue(lock: &Lock, state: &State) -> Result<String> {
    let folders = [env::temp_dir(), ".".into()];
    let saved = folders.iter().find_map(|folder| lock.rescue(state, Path::new(folder)).ok());
    let Some(saved) = saved else {
        let text = serde_json::to_string(state).map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
        return Ok(format!("it could not be written anywhere else either: keep this, it is all that is known\n{text}"));
    };
    let (saved, folder, file) = (saved.display(), lock.place().path().display(), lock.place().state_file());
    Ok(format!("before anything else, put it back: mkdir -p {folder} && mv {saved} {}", file.display()))
}
