//! The description of one AWS service: all that the sandbox knows of it. Each service's folder has one, and
//! `services.rs` lists them. The other modules are handed the list and name no service.

use serde_json::{Map, Value};

use crate::backends::BackendOf;
use crate::budgets::{TokenBucket, generous};
use crate::context::Context;
use crate::faults::FaultCodes;
use crate::law::{About, Law};
use crate::log::Id;
use crate::store::SavedRequest;
use crate::typed::Rule;
use crate::wire::{Protocol, WireRule};

/// A service of AWS.
pub(crate) struct Service {
    /// Its name, as the SDK has it, such as `API Gateway`.
    pub(crate) name: &'static str,
    /// The name under which the inventory and the sandbox file list it, such as `apigateway`.
    pub(crate) key: &'static str,
    /// The winterbaume backend; `None` if our own layer answers every operation.
    pub(crate) backend: Option<BackendOf>,
    /// The protocol, where the content type of a request does not tell it.
    pub(crate) protocol: Protocol,
    /// The refusals of AWS, each with its source.
    pub(crate) laws: fn() -> Vec<Law>,
    /// The rules that add what the backend lacks.
    pub(crate) model: Rules,
    /// The rules that make creations and deletions take time.
    pub(crate) lifecycle: Rules,
    /// The rules that run after those of all services.
    pub(crate) last: Rules,
    /// The operations that create a resource with its own lifecycle, and where its id is found.
    pub(crate) creates: &'static [(&'static str, Id)],
    /// The buckets an operation takes a token from.
    pub(crate) budget: fn(&str) -> Vec<TokenBucket>,
    /// The codes of errors that any operation can have.
    pub(crate) codes: FaultCodes,
    /// The code and the status with which an operation answers that the resource does not exist.
    pub(crate) unfound: fn(&str) -> Option<(&'static str, u16)>,
    /// The kinds of resources that exist only in our own layer.
    pub(crate) kept: &'static [&'static str],
    /// How a resource counts in the inventory.
    pub(crate) standing: fn(&Resource<'_>) -> Standing,
    /// The endpoints at which clients of the service's users are answered.
    pub(crate) hosted: Option<Hosted>,
}

/// The rules of one phase.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// Those on typed inputs and outputs.
    pub(crate) typed: fn() -> Vec<Rule>,
    /// Those on the wire.
    pub(crate) wire: fn() -> Vec<WireRule>,
}

/// Endpoints of what a service runs for its users, such as a REST API: not those of an AWS API.
#[derive(Clone, Copy)]
pub(crate) struct Hosted {
    /// The region of a URL at such an endpoint.
    pub(crate) region: fn(&str) -> Option<&str>,
    /// The status and the body of the answer.
    pub(crate) answer: fn(&Context<'_>, &SavedRequest) -> (u16, String),
}

/// A resource in a snapshot.
pub(crate) struct Resource<'a> {
    /// The kind, as the snapshot names it.
    pub(crate) kind: &'a str,
    pub(crate) id: &'a str,
    pub(crate) fields: &'a Value,
    /// Everything of the service in that region, by kind.
    pub(crate) kinds: &'a Map<String, Value>,
}

impl Resource<'_> {
    /// The state in which the resource says it is, or the empty string.
    pub(crate) fn state(&self) -> &str {
        let field = |name: &str| self.fields[name].as_str();
        field("status").or_else(|| field("state")).or_else(|| field("key_state")).unwrap_or_default()
    }
}

/// How a resource counts in the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Exists,
    /// AWS keeps a record of it for a while after its removal.
    Tombstone,
    /// AWS creates and removes it together with another resource, or has it in every account.
    Implied,
}

impl Rules {
    pub(crate) const NONE: Self = Self { typed: Vec::new, wire: Vec::new };

    /// Rules on typed inputs and outputs.
    pub(crate) const fn typed(typed: fn() -> Vec<Rule>) -> Self {
        Self { typed, ..Self::NONE }
    }

    /// Rules on the wire.
    pub(crate) const fn wire(wire: fn() -> Vec<WireRule>) -> Self {
        Self { wire, ..Self::NONE }
    }
}

impl Service {
    /// A service without a backend, rules or resources.
    pub(crate) const fn new(name: &'static str, key: &'static str) -> Self {
        Self {
            name,
            key,
            backend: None,
            protocol: Protocol::ByContentType,
            laws: Vec::new,
            model: Rules::NONE,
            lifecycle: Rules::NONE,
            last: Rules::NONE,
            creates: &[],
            budget: generous,
            codes: FaultCodes::JSON,
            unfound: |_| None,
            kept: &[],
            standing: |_| Standing::Exists,
            hosted: None,
        }
    }

    /// The place of the id of the resource that an operation creates; `None` if it creates none.
    pub(crate) fn created_by(&self, operation: &str) -> Option<&'static Id> {
        self.creates.iter().find(|(name, _)| *name == operation).map(|(_, id)| id)
    }
}

/// All services, in the order in which their rules run.
#[derive(Clone, Copy)]
pub(crate) struct Services(pub(crate) &'static [&'static Service]);

/// Stands for every service that is not in the list.
static UNKNOWN: Service = Service::new("", "");

impl Services {
    /// The service of that name.
    pub(crate) fn named(self, name: &str) -> &'static Service {
        self.0.iter().copied().find(|service| service.name == name).unwrap_or(&UNKNOWN)
    }

    /// The service with that key.
    pub(crate) fn keyed(self, key: &str) -> &'static Service {
        self.0.iter().copied().find(|service| service.key == key).unwrap_or(&UNKNOWN)
    }

    /// The backends, each with the key of its service.
    pub(crate) fn backends(self) -> impl Iterator<Item = (&'static str, BackendOf)> {
        self.0.iter().filter_map(|service| Some((service.key, service.backend?)))
    }

    /// The endpoints that a URL is at, and its region.
    pub(crate) fn hosting(self, uri: &str) -> Option<(Hosted, &str)> {
        self.0.iter().filter_map(|service| service.hosted).find_map(|hosted| Some((hosted, (hosted.region)(uri)?)))
    }

    /// Whether a kind of resources exists only in our own layer.
    pub(crate) fn keeps(self, kind: &str) -> bool {
        self.0.iter().any(|service| service.kept.contains(&kind))
    }

    /// The descriptions of all laws.
    pub(crate) fn catalogue(self) -> Vec<About> {
        self.laws().map(|law| law.about).collect()
    }

    fn laws(self) -> impl Iterator<Item = Law> {
        self.0.iter().flat_map(|service| (service.laws)())
    }

    /// All typed rules: refusals come first, then the models, then the lifecycles.
    pub(crate) fn typed_rules(self) -> Vec<Rule> {
        let phase = |of: fn(&Service) -> Rules| self.0.iter().flat_map(move |service| (of(service).typed)());
        let phases = phase(|service| service.model).chain(phase(|service| service.lifecycle));
        self.laws().filter_map(Law::typed).chain(phases).chain(phase(|service| service.last)).collect()
    }

    /// All wire rules, in the same order.
    pub(crate) fn wire_rules(self) -> Vec<WireRule> {
        let phase = |of: fn(&Service) -> Rules| self.0.iter().flat_map(move |service| (of(service).wire)());
        let phases = phase(|service| service.model).chain(phase(|service| service.lifecycle));
        self.laws().filter_map(Law::wire).chain(phases).chain(phase(|service| service.last)).collect()
    }
}
