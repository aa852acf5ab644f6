//! Requests, answers and rules on the wire: JSON bodies, forms and error codes.
//!
//! This module knows protocols, not services.

mod ask;
mod refuse;
mod rule;

pub(crate) use ask::{Ask, save};
pub(crate) use refuse::{Protocol, done, read, refuse, response};
pub(crate) use rule::{Corrected, Moment, RuleIndex, Verdict, WireRule};
