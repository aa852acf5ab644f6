//! Classifies codes that are in no table: by the form of the name, then by the HTTP status.
//!
//! AWS names its errors alike in all services, old and new. A name of an unknown form is unrecognized.
use super::bare;
use vidpipe_engine::Class;

/// How a name is matched.
enum By {
    Starts(&'static str),
    Ends(&'static str),
    Has(&'static str),
    /// Contains both.
    HasBoth(&'static str, &'static str),
}
use By::{Ends, Has, HasBoth, Starts};

/// The first match decides.
const KINDS: &[(Class, &[By])] = &[
    (Class::NotFound, &[Ends("NotFound"), Ends("DoesNotExist"), Starts("NoSuch")]),
    (Class::AlreadyExists, &[Has("AlreadyExists"), Starts("Duplicate"), Ends(".Duplicate")]),
    (Class::Throttled, &[Has("Throttl")]),
    (
        Class::Quota,
        &[
            Has("LimitExceeded"),
            Has("LimitReached"),
            HasBoth("Quota", "Exceeded"),
            Starts("TooMany"),
            Starts("Maximum"),
        ],
    ),
    (Class::Capacity, &[HasBoth("Insufficient", "Capacity")]),
    (Class::Denied, &[Has("AccessDenied"), Has("Unauthorized"), Has("NotAuthorized"), Has("Forbidden")]),
    (
        Class::Busy,
        &[
            Has("InUse"),
            HasBoth("Invalid", "State"),
            HasBoth("Incorrect", "State"),
            Has("Conflict"),
            Has("Concurrent"),
            Ends("NotReady"),
        ],
    ),
    (Class::Unclear, &[Has("Internal"), Ends("Unavailable"), Has("ServiceFailure"), Has("Timeout")]),
    (
        Class::Invalid,
        &[
            Has("Invalid"),
            Has("Malformed"),
            Has("Unsupported"),
            Has("NotSupported"),
            Has("Incompatib"),
            Has("Mismatch"),
            Has("NotAvailable"),
            Starts("Missing"),
            Starts("Validation"),
            Starts("BadRequest"),
            Starts("Unknown"),
        ],
    ),
];

/// The class of a code that is in no table.
pub(crate) fn class(code: &str, status: u16) -> Class {
    if code.is_empty() {
        // The answer may not be from AWS at all.
        return Class::Unclear;
    }
    let name = bare(code);
    let is = |by: &By| match by {
        Starts(word) => name.starts_with(word),
        Ends(word) => name.ends_with(word),
        Has(word) => name.contains(word),
        HasBoth(one, other) => name.contains(one) && name.contains(other),
    };
    let named = KINDS.iter().find(|(_, names)| names.iter().any(is)).map(|(class, _)| *class);
    named.unwrap_or(match status {
        409 => Class::Busy,
        429 => Class::Throttled,
        401 | 403 => Class::Denied,
        500.. => Class::Unclear,
        _ => Class::Unrecognized,
    })
}
