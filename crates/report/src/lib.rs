//! Reports runs and environments, to people and to programs.
//!
//! It has two parts. Reporters process the engine's events during a run: [`Live`] for a terminal, [`Plain`] for a log,
//! [`JsonLines`] for a program, [`Traced`] for debugging, and [`summary`] at the end. Renderers turn a plan, a state,
//! outputs or a graph into text: [`plan`], [`status`], [`outputs`], [`graph`]; [`mod@sweep`] shows the resources that
//! remain, [`verify`] the results of the checks, and [`mod@timeline`] draws a finished run.
//!
//! This crate writes only to the writers it is given, reads no clock, no environment variable and no terminal, and
//! decides nothing about a run. A [`TermStyle`] supplies the terminal's size and whether to use colour.
mod forecast;
pub mod graph;
mod jsonl;
mod live;
pub mod outputs;
mod plain;
pub mod plan;
mod progress;
mod remaining;
mod screen;
mod spent;
pub mod status;
mod style;
pub mod summary;
pub mod sweep;
mod task;
pub mod text;
mod theirs;
pub mod timeline;
mod traced;
pub mod verify;
mod words;

pub use jsonl::JsonLines;
pub use live::{Live, frame};
pub use plain::Plain;
pub use progress::{Pauses, Progress};
pub use remaining::Remaining;
pub use screen::{Screen, Tick};
pub use style::{TermStyle, Tone};
pub use task::{At, Task};
pub use theirs::Theirs;
pub use traced::Traced;

/// The version of every JSON document of this crate; it is incremented when a reader of the old version would misread
/// the new one.
pub const SCHEMA: u32 = 1;
