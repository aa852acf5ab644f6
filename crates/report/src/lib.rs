//! What happened, and what there is, for people and for programs.
//!
//! Two halves. Reporters fold the engine's events while a run goes on: [`Live`] for a terminal, [`Plain`] for a log,
//! [`JsonLines`] for a program, [`Traced`] for whoever looks for a fault, and [`summary`] when it is over. Renderers turn a plan, a state, outputs or a graph into
//! text: [`plan`], [`status`], [`outputs`], [`graph`]; [`mod@sweep`] tells what was left,
//! [`verify`] whether it is usable, and [`mod@timeline`] draws a run that is over.
//!
//! This crate writes only to what it is given, reads no clock, no environment variable and no terminal, and decides
//! nothing about a run. Whether there is a terminal, how wide it is and whether colour is wanted are told by a [`Look`].
mod forecast;
pub mod graph;
mod jsonl;
mod live;
mod look;
mod markup;
pub mod outputs;
mod plain;
pub mod plan;
mod progress;
mod remaining;
mod screen;
mod spent;
pub mod status;
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
pub use look::{Look, Tone};
pub use plain::Plain;
pub use progress::{Pauses, Progress};
pub use remaining::Remaining;
pub use screen::{Screen, Tick};
pub use task::{At, Task};
pub use theirs::Theirs;
pub use traced::Traced;

/// The version of every JSON document of this crate; it grows when a reader of the old one would misread the new one.
pub const SCHEMA: u32 = 1;
