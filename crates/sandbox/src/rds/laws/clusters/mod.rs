//! Aurora clusters: their settings, and the states in which they, and their instances and groups, can be changed and
//! deleted.

mod creation;
mod deletion;
mod members;
mod parameters;

use crate::law::Law;

pub(super) fn laws() -> Vec<Law> {
    let parts = [parameters::laws, creation::laws, members::laws, deletion::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}
