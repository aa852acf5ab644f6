//! A recorded run, folded and drawn.
mod list;
mod model;
mod page;
pub(crate) mod runs;
mod tasks;
mod terminal;
