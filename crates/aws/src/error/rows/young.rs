//! Recognizes errors that may only mean that a resource is new.
//!
//! Services see each other's resources seconds to minutes after creation. Until then they return whatever code they
//! have for wrong values: <https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>.
//! The engine knows the age of resources, and waits no longer than that warrants.
use super::Meaning;
use vidpipe_engine::Class;

/// Resources that an error may name.
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
/// Phrases for a resource that is not visible, or not usable yet.
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

/// Turns `Invalid` into `Propagating` if the message names a resource that is not visible.
pub(crate) fn perhaps(means: Meaning, message: &str) -> Meaning {
    let message = message.to_lowercase();
    let speaks = |words: &[&str]| words.iter().any(|w| message.contains(w));
    match means {
        Meaning { class: Class::Invalid, otherwise: None, .. } if speaks(UNSEEN) && speaks(THINGS) => {
            Meaning { class: Class::Propagating, otherwise: Some(Class::Invalid), ..means }
        }
        other => other,
    }
}
