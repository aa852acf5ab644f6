//! What speaks of something that may only be young.
//!
//! Services see each other's things seconds to minutes after they were made, and say so by whatever code they have for wrong
//! values: <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>.
//! The engine knows what is young, and waits no longer than that.
use super::Meaning;
use vidpipe_engine::Class;

/// What an error may name.
const THINGS: &[&str] = &[
    "alias",
    "allocation",
    "bucket",
    "cluster",
    "deployment",
    "file system",
    "gateway",
    "grant",
    "group",
    "key",
    "link",
    "load balancer",
    "policy",
    "principal",
    "queue",
    "role",
    "route table",
    "secret",
    "stage",
    "stream",
    "subnet",
    "topic",
    "vpc",
];
/// How an error says that it does not see it, or may not use it yet.
const UNSEEN: &[&str] = &[
    "are invalid",
    "cannot be assumed",
    "cannot be found",
    "cannot be used",
    "could not be found",
    "could not find",
    "does not exist",
    "doesn't exist",
    "invalid principal",
    "is invalid",
    "is not valid",
    "not accessible",
    "not allowed to be used",
    "not authorized to",
    "not found",
    "unable to assume",
    "was not found",
];

/// A wrong value may be right in a moment.
pub(super) fn perhaps(means: Meaning, said: &str) -> Meaning {
    let said = said.to_lowercase();
    let speaks = |words: &[&str]| words.iter().any(|w| said.contains(w));
    match means {
        Meaning { class: Class::Invalid, otherwise: None, .. } if speaks(UNSEEN) && speaks(THINGS) => {
            Meaning { class: Class::Propagating, otherwise: Some(Class::Invalid), ..means }
        }
        other => other,
    }
}
