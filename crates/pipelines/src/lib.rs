//! What vidpipe can build: the settings a user may choose and the names an environment may have.
//!
//! Everything here is decided before the first AWS call. This crate reads text it is given and
//! answers with typed values or with errors that name the line; it opens no file, asks AWS
//! nothing and prints nothing.

pub mod spec;
pub mod suffix;
