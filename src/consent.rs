//! Consent to data loss in `up`. `--yes` does not give it: the nodes must be named, on the command line or at the
//! prompt.
use crate::{
    ask,
    fail::{Exit, Failure, Result},
};
use std::collections::BTreeSet;
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::{Consent, Graph, Name, Plan, State, Step, kind_of};
use vidpipe_report::plan::{consent, losses};
use vidpipe_run::{Opened, is_protected};

/// The nodes named by `--allow-data-loss`. Each must be a node of this environment (desired, recorded or already
/// removed) and hold data. A node that this run does not lose is accepted, so that the same command can be repeated
/// after a partial run.
pub(crate) fn given(names: &[String], want: &Graph<Aws>, state: &State) -> Result<BTreeSet<Name>> {
    let given = names.iter().map(|name| Name::from(name.trim()));
    given.map(|name| holds_data(&name, want, state).map(|()| name)).collect()
}

fn holds_data(name: &Name, want: &Graph<Aws>, state: &State) -> Result {
    let recorded = state.entries.get(name).or_else(|| state.removed.get(name));
    let desired = want.nodes.get(name).map(|n| n.kind);
    let kinds = [desired, recorded.and_then(|e| kind_of(KINDS, &e.kind).ok())];
    let kinds: Vec<_> = kinds.into_iter().flatten().collect();
    if kinds.iter().any(|kind| kind.data_loss().is_some()) {
        return Ok(());
    }
    let holding =
        || want.nodes.iter().filter(|(_, node)| node.kind.data_loss().is_some()).map(|(name, _)| name.0.as_str());
    let like = |a: &str| strsim::jaro_winkler(a, &name.0);
    let nearest = holding().max_by(|a, b| like(a).total_cmp(&like(b)));
    let (what, hint) = match kinds.first() {
        Some(kind) => {
            let what = format!("--allow-data-loss names `{name}` ({}), which holds no data", kind.name());
            (what, "leave it out: nothing is lost with it".to_owned())
        }
        None => {
            let what = format!("--allow-data-loss names `{name}`, and there is no such node in this environment");
            (what, nearest.map_or_else(String::new, |name| format!("did you mean `{name}`? `vidpipe plan` names them")))
        }
    };
    Err(Failure::new(Exit::Usage, what).hint(hint))
}

/// Refuses to remove protection, or to lose data of a protected environment, unless --remove-protection is given.
pub(crate) fn protection(remove: bool, plan: &Plan<Aws>, opened: &Opened) -> Result {
    let (was, is) = (opened.was_protected, is_protected(&opened.state));
    if remove || !(was || is) {
        return Ok(());
    }
    let suffix = &opened.state.env.suffix;
    let losing: Vec<&Step> = plan.steps.iter().filter(|s| s.data_loss.is_some()).collect();
    if !losing.is_empty() {
        let what = format!("`{suffix}` is protected, and this would lose data:\n{}", losses(&losing, &plan.steps));
        let flags = format!("add --remove-protection and {}", consent(&losing));
        return Err(Failure::new(Exit::Refused, what).hint(format!("{flags} to accept that; {UNCHANGED}")));
    }
    if is {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, format!("`{suffix}` is protected, and the spec no longer says so"))
        .hint(format!("add --remove-protection if it is to be so, or put `protect = true` back; {UNCHANGED}")))
}

/// Gets the consent this plan needs beyond `given`: typed at the terminal, or refused. Returns whether it was typed.
pub(crate) async fn ask(yes: bool, plan: &Plan<Aws>, given: &mut BTreeSet<Name>) -> Result<bool> {
    let losing = plan.unconsented(&Consent::To(given.clone()));
    if losing.is_empty() {
        return Ok(false);
    }
    let lost = losses(&losing, &plan.steps);
    if yes || !ask::can_ask() {
        let what = format!("this would lose data, and --yes does not consent to that:\n{lost}");
        let hint = format!("add {} if that may be lost; {UNCHANGED}", consent(&losing));
        return Err(Failure::new(Exit::Refused, what).hint(hint));
    }
    let names: Vec<&str> = losing.iter().map(|s| s.name.0.as_str()).collect();
    let question = format!("This would lose data:\n{lost}Type `{}` if that may be lost:", names.join(","));
    if !names_all(&ask::line(&question).await?, &names) {
        return Err(Failure::new(Exit::Declined, "declined; nothing was changed"));
    }
    given.extend(losing.iter().map(|s| s.name.clone()));
    Ok(true)
}

const UNCHANGED: &str = "nothing was changed";

/// Whether the line holds exactly these names, in any order.
fn names_all(line: &str, names: &[&str]) -> bool {
    let typed: BTreeSet<&str> = line.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty()).collect();
    typed == names.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_themselves_are_a_consent() {
        let names = ["database", "files"];
        for line in ["database,files", "files database\n", " database , files "] {
            assert!(names_all(line, &names), "{line:?}");
        }
        for line in ["", "y", "yes", "database", "database,files,cache", "Database,files", "all"] {
            assert!(!names_all(line, &names), "{line:?}");
        }
    }
}
