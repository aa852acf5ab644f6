//! A recorded run, folded and drawn.
pub(crate) mod runs;
mod terminal;
