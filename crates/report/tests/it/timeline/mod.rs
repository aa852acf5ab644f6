//! A recorded run, folded and drawn.
mod page;
pub(crate) mod runs;
mod terminal;
