//! IAM policies for whoever deploys an environment: what the kinds of its graph declare, with the names it uses.
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use vidpipe_aws::{
    kinds,
    permissions::{Condition, Permission},
};
use vidpipe_engine::Step;

/// The size limit of a managed policy, in characters other than white space.
/// [Quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length)
pub const LARGEST: usize = 6144;

/// The policies that allow all of vidpipe's commands on these environments, each within [`LARGEST`].
///
/// The steps are those of plans of new environments, whose names all have this suffix. The policies allow any suffix.
/// `secrets` are the names or ARNs of existing secrets, which are read.
pub fn policies<'a>(steps: impl Iterator<Item = &'a Step>, suffix: &str, secrets: &[&str]) -> Vec<Value> {
    let names = Names::of(steps, suffix);
    let of_kinds = names.kinds().flat_map(|kind| kinds::permissions(kind).iter().map(move |p| (kind, p)));
    let of_sweep = kinds::sweep_permissions().map(|permission| ("", permission));
    let mut merged = merged(&names, of_kinds.chain(of_sweep));
    if !secrets.is_empty() {
        let read = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
        merged.entry((secrets.iter().map(|secret| existing(secret)).collect(), None)).or_default().extend(read);
    }
    split(statements(&merged))
}

/// The ARN of an existing secret, whose last six characters only AWS knows.
fn existing(secret: &str) -> String {
    if secret.starts_with("arn:") { secret.into() } else { format!("arn:aws:secretsmanager:*:*:secret:{secret}-*") }
}

/// The properties of specs, by kind and property, with an asterisk in the place of the suffix.
struct Names(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Names {
    fn of<'a>(steps: impl Iterator<Item = &'a Step>, suffix: &str) -> Self {
        let mut names: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for step in steps {
            let of_kind = names.entry(step.kind.clone()).or_default();
            for (property, value) in step.spec.iter().filter_map(Value::as_object).flatten() {
                // What another node determines is not known, such as an id.
                let value = value.as_str().filter(|value| !value.contains("${"));
                // What follows the suffix differs too: an account, a region.
                let start =
                    value.map(|value| value.split_once(suffix).map_or(value.into(), |(start, _)| format!("{start}*")));
                of_kind.entry(property.clone()).or_default().extend(start);
            }
        }
        Self(names)
    }

    fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// A pattern with its placeholders replaced by the names they stand for: none if the environment has none.
    fn expand(&self, pattern: &str, kind: &str) -> Vec<String> {
        let Some((before, rest)) = pattern.split_once('{') else { return vec![pattern.to_owned()] };
        let (placeholder, after) = rest.split_once('}').unwrap_or((rest, ""));
        let (of, property) = placeholder.rsplit_once('.').unwrap_or((kind, placeholder));
        let values = self.0.get(of).and_then(|properties| properties.get(property)).into_iter().flatten();
        // An asterisk stands for what follows it, too.
        let patterns = values.map(|value| format!("{before}{value}{after}").replace("*-*", "*"));
        patterns.flat_map(|pattern| self.expand(&pattern, kind)).collect()
    }
}

/// The resources on which actions are allowed, and the condition: operator, key, values.
type Scope = (BTreeSet<String>, Option<(&'static str, &'static str, BTreeSet<String>)>);

/// The actions by scope. What is allowed everywhere is not allowed again on single resources.
fn merged<'a>(
    names: &Names,
    declared: impl Iterator<Item = (&'a str, &'static Permission)>,
) -> BTreeMap<Scope, BTreeSet<&'static str>> {
    let mut scopes: BTreeMap<&str, Vec<Scope>> = BTreeMap::new();
    for (kind, permission) in declared {
        let all = |patterns: &[&str]| -> BTreeSet<String> {
            patterns.iter().flat_map(|pattern| names.expand(pattern, kind)).collect()
        };
        let on = all(permission.on);
        let condition = permission.condition.map(|Condition { operator, key, values }| (operator, key, all(values)));
        // Nothing in the environment has such a name.
        if on.is_empty() || condition.as_ref().is_some_and(|(_, _, values)| values.is_empty()) {
            continue;
        }
        for action in permission.actions {
            scopes.entry(action).or_default().push((on.clone(), condition.clone()));
        }
    }
    let mut merged: BTreeMap<Scope, BTreeSet<&'static str>> = BTreeMap::new();
    for (action, scopes) in scopes {
        for scope in joined(scopes) {
            merged.entry(scope).or_default().insert(action);
        }
    }
    merged
}

/// The scopes of one action, as few as say the same.
fn joined(scopes: Vec<Scope>) -> Vec<Scope> {
    let everywhere = (BTreeSet::from(["*".to_owned()]), None);
    if scopes.contains(&everywhere) {
        return vec![everywhere];
    }
    let mut by_condition: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for (on, condition) in scopes {
        by_condition.entry(condition).or_default().extend(on);
    }
    let mut by_resource: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for (condition, on) in by_condition {
        let (key, values) = condition.map_or((None, BTreeSet::new()), |(o, k, values)| (Some((o, k)), values));
        by_resource.entry((on, key)).or_default().extend(values);
    }
    by_resource.into_iter().map(|((on, key), values)| (on, key.map(|(o, k)| (o, k, values)))).collect()
}

/// The statements, each with a name from its service.
fn statements(merged: &BTreeMap<Scope, BTreeSet<&'static str>>) -> Vec<Value> {
    let mut statements: Vec<(&str, Value)> = Vec::new();
    for ((on, condition), actions) in merged {
        // A statement per service: it can be read, and moved to another policy.
        let mut by_service: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for action in actions {
            by_service.entry(action.split(':').next().unwrap_or_default()).or_default().push(action);
        }
        for (service, actions) in by_service {
            let mut statement =
                json!({ "Effect": "Allow", "Action": few(actions), "Resource": few(on.iter().map(String::as_str)) });
            if let Some((operator, key, values)) = condition {
                statement["Condition"] = json!({ *operator: { *key: few(values.iter().map(String::as_str)) } });
            }
            statements.push((service, statement));
        }
    }
    statements.sort_by_key(|(service, _)| *service);
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    let named = statements.into_iter().map(|(service, statement)| {
        let service: String = service.split('-').map(capitalized).collect();
        let number = count.entry(service.clone()).and_modify(|n| *n += 1).or_insert(1);
        let mut named = Map::from_iter([("Sid".to_owned(), format!("{service}Part{number}").into())]);
        named.extend(statement.as_object().cloned().unwrap_or_default());
        Value::Object(named)
    });
    named.collect()
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}

/// One value alone, or a list.
fn few<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> Value {
    let mut values: Vec<Value> = values.into_iter().map(Into::into).collect();
    if values.len() == 1 { values.remove(0) } else { Value::Array(values) }
}

/// The statements in as few policies as their sizes allow, each in the first that has room.
fn split(statements: Vec<Value>) -> Vec<Value> {
    let mut policies: Vec<Vec<Value>> = Vec::new();
    for statement in statements {
        let has_room = |there: &&mut Vec<Value>| {
            let with: Vec<Value> = there.iter().chain([&statement]).cloned().collect();
            size(&policy(&with)) <= LARGEST
        };
        match policies.iter_mut().find(has_room) {
            Some(policy) => policy.push(statement),
            None => policies.push(vec![statement]),
        }
    }
    policies.iter().map(|statements| policy(statements)).collect()
}

fn policy(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// The size of a policy, in characters other than white space.
pub fn size(policy: &Value) -> usize {
    policy.to_string().chars().filter(|c| !c.is_whitespace()).count()
}
