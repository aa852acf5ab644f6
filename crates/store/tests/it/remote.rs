//! States in an object store, in memory, on a paused clock.
mod errors;
mod lease;
mod schedules;
mod world;
