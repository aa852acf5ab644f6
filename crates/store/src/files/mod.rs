//! Files that are not ours: what users hand in, and what they ask for.
//!
//! Nothing here waits for anybody: what is read is a regular file, up to a limit; what is written is there as a whole or not
//! at all, under the name that was given, and no other file of the user's is touched for it.
mod output;
mod read;
mod target;

pub use output::Output;
pub(crate) use read::open;
pub use read::{read, read_some};
pub(crate) use target::flags;
