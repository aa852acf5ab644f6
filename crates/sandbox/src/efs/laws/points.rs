//! Access points of a file system.

use super::{already, not_available, refusal, unless};
use crate::context::Context;
use crate::efs::model::ACCESS_POINT;
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

const CREATE: &str = "https://docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html";
const LIMITS: &str = "https://docs.aws.amazon.com/efs/latest/ug/limits.html";
/// The quota of access points per file system.
const MOST: usize = 10_000;

pub(super) fn laws() -> Vec<Law> {
    let create = |name, says, source, rule: fn(&mut Context<'_>, &mut Ask) -> Verdict| {
        Law::documented(name, says, source, WireRule::before("EFS", "CreateAccessPoint", rule))
    };
    vec![
        create("efs/point-token", "a token makes one access point; asked again, EFS names it", CREATE, token),
        create("efs/point-too-early", "only an available file system gets an access point", CREATE, too_early),
        create("efs/point-limit", "a file system has 10,000 access points at most", LIMITS, |context, ask| {
            too_many(context, ask, MOST)
        }),
    ]
}

fn token(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let known = (context.documents(ACCESS_POINT).into_iter())
        .find(|(_, point)| point["token"] == ask.json["ClientToken"] && point["system"] == ask.json["FileSystemId"]);
    unless(known.map(|(id, _)| {
        let message = "Access point already exists with this token";
        already("AccessPointAlreadyExists", message, "AccessPointId", &id)
    }))
}

fn too_early(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    unless(not_available(context, ask.text("FileSystemId")))
}

fn too_many(context: &mut Context<'_>, ask: &mut Ask, most: usize) -> Verdict {
    let system = ask.text("FileSystemId");
    let there = context.documents(ACCESS_POINT).iter().filter(|(_, point)| point["system"] == system).count();
    unless((there >= most).then(|| {
        let message = "The maximum number of access points for this file system has been reached.";
        refusal(403, "AccessPointLimitExceeded", message)
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clock::Clock;
    use crate::conditions::Conditions;
    use crate::store::Store;

    #[test]
    fn there_are_so_many_access_points_and_no_more() {
        let (mut store, conditions) = (Store::default(), Conditions::default());
        let mut context =
            Context { store: &mut store, region: "eu-west-1", clock: Clock::Instant, conditions: &conditions };
        let mut ask = Ask { json: json!({ "FileSystemId": "fs-1" }), ..Ask::default() };
        context.remember_document(ACCESS_POINT, "fsap-1", json!({ "system": "fs-1" }));
        context.remember_document(ACCESS_POINT, "fsap-2", json!({ "system": "fs-2" }));
        assert!(matches!(too_many(&mut context, &mut ask, 2), Verdict::Pass));
        assert!(matches!(too_many(&mut context, &mut ask, 1), Verdict::Refuse(_)));
    }
}
