//! Hints for the user.
use crate::error::{Meaning, Refusal, rows::quota};
use vidpipe_engine::Class;

/// For answers that AWS never gives.
pub(super) const ALTERED: &str = "AWS does not answer so: something between here and AWS may change its answers, such as a \
     proxy. Run the same command again without it: it continues from here";

/// The hint of the matched row, or that of the class.
pub(super) fn hint(means: &Meaning, refusal: &Refusal<'_>) -> Option<String> {
    means.hint.map(str::to_owned).or_else(|| of_class(means.class, refusal))
}

fn of_class(class: Class, refusal: &Refusal<'_>) -> Option<String> {
    Some(match class {
        Class::Expired => {
            "sign in again (`aws sso login`, or fresh keys in the environment) and run the same command: it \
                           continues where it stopped. To try vidpipe without an account, add --sandbox"
                .into()
        }
        Class::Denied => {
            "allow this action to the credentials in use (the user guide lists what is needed), then run again".into()
        }
        Class::Quota => match quota(refusal) {
            Some(name) => format!(
                "raise the quota \"{name}\" in the Service Quotas console, or remove something of that kind, then run \
                 again"
            ),
            None => {
                "raise the quota in the Service Quotas console, or remove something of that kind, then run again".into()
            }
        },
        Class::Capacity => {
            "AWS has no such capacity in that zone now: run again later, or choose another size in the spec".into()
        }
        Class::Unrecognized => {
            "run the same command again: it continues from here. If it stays, please report it, with its code \
                                and its request id"
                .into()
        }
        _ => return None,
    })
}
