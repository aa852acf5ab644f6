//! Files of the user: those that users provide, and those they request.
//!
//! Nothing here blocks. Only regular files are read, up to a limit. A file is written as a whole or not at all, under
//! the given name, and no other file of the user's is changed.
mod output;
mod read;
mod target;

pub use output::Output;
pub(crate) use read::open;
pub use read::{read, read_some};
pub(crate) use target::flags;
