//! The timeline of a recorded run: the model and its views.
mod list;
mod model;
mod page;
pub(crate) mod runs;
mod tasks;
mod terminal;
