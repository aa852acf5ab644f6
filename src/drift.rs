//! The drift that `--refresh` finds.
use crate::{
    fail::{Failure, Result},
    print::note,
    session::Session,
};
use vidpipe_aws::KINDS;
use vidpipe_engine::{Clock, Drift, Entry, Name, State, kind_of};
use vidpipe_text::clean;

/// Reads every recorded resource, and reports what is missing or differs.
pub(crate) async fn report(session: &Session, state: &mut State, clock: Clock) -> Result<Vec<(Name, Drift)>> {
    let drifted = session.provider().refresh(state, clock.now()).await.map_err(|e| Failure::before(&e))?;
    for (node, drift) in &drifted {
        note(&clean(&match drift {
            Drift::Gone => format!("{node} is gone: it will be recreated"),
            Drift::Theirs(lineage) => {
                format!("{node} is gone, and there is another one, of lineage {lineage}: that is left alone")
            }
            Drift::Unmarked => format!("{node} has no tag `vidpipe:lineage`: its owner is unknown"),
            Drift::Changed(why) => format!("{node} was changed ({why}): it will be reverted"),
            Drift::Differs => format!("{node} differs from what was recorded"),
            Drift::Broken(why) if may_hold_data(state, node) => {
                format!("{node} is broken ({why}): it may hold data, so it is not recreated but checked again")
            }
            Drift::Broken(why) => format!("{node} is broken ({why}): it will be recreated"),
        }))?;
    }
    Ok(drifted)
}

fn may_hold_data(state: &State, node: &Name) -> bool {
    let holds =
        |entry: &Entry| kind_of(KINDS, &entry.kind).is_ok_and(|kind| entry.data_loss(kind.data_loss()).is_some());
    state.entries.get(node).is_some_and(holds)
}
