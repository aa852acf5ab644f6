//! The trait that every resource kind implements, and the type-erased form of it that the engine drives.
use crate::{Class, Environment, Error, Holder, Name, Owned, Owner, Result, Token};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt, rc::Rc, time::Duration};

mod erased;
mod observed;
pub use erased::{Kind, Kinds, Of, kind_of};
pub(crate) use erased::{decode, encode};
pub use observed::Observed;

/// The identifier the provider assigns to a resource: an ARN, an id or a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhysicalId(pub String);

impl fmt::Display for PhysicalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The pause before an `Absent` result is checked again, for a resource whose deletion was not requested.
pub(crate) const BEFORE_RECHECK: Duration = Duration::from_secs(2);

/// The change needed to get from the recorded spec to the desired one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// No change.
    None,
    /// An in-place update call.
    Update,
    /// Remove the resource and create it again.
    Replace,
}

/// How a resource is found again after an unclear response, and hence whether a create call may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A unique name: the call may be repeated; on "already exists", check the owner.
    Named,
    /// A client token makes the call idempotent: repeat it with the same token.
    Token,
    /// Tags only: never repeat the call blindly. Find the resource first, and accept "not found" only after several
    /// empty reads.
    Tagged,
    /// A property of a resource that another node creates: the call is idempotent, and it is deleted with its owner.
    Setting,
    /// An account-level resource, not part of the environment: created if none exists, whoever owns it, and never
    /// removed. The call is idempotent. Environments may share it without knowing of each other.
    Shared,
}

/// How an overview of a pipeline shows a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drawn {
    /// Not at all: it belongs to another resource, or connects two.
    #[default]
    Detail,
    /// As a box.
    Box,
    /// As an area around the resources that are placed in it, such as a network.
    Area,
}

/// The result of one call to remove a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The provider accepted the request; poll until the resource is deleted.
    Asked,
    /// One step of several is done; call again.
    Partly,
    /// No request is needed: the resource ends by itself, or is deleted together with the resource it is a setting of.
    Ending,
}

/// The context of a call: the clients, the environment, the node, and the token of the current intent.
pub struct Cx<C> {
    /// The provider's clients.
    pub cloud: Rc<C>,
    /// The environment the call belongs to.
    pub env: Rc<Environment>,
    /// The node.
    pub node: Name,
    /// The token of the intent under which the resource was, or is being, created.
    pub token: Token,
}

/// A kind of resource: the struct is the spec, the functions are single calls.
///
/// None of the functions loops, sleeps, retries, logs or touches state: the engine does.
#[allow(async_fn_in_trait, reason = "one task runs every future, so none needs to be Send")]
pub trait Resource: Serialize + DeserializeOwned + PartialEq + 'static {
    /// The provider's clients.
    type Cloud: 'static;
    /// The outputs other nodes may use. The fields are text, so that they can be symbolic before the resource exists.
    type Output: Serialize + DeserializeOwned + 'static;
    /// The name of the kind, `service:thing`.
    const KIND: &'static str;
    /// How a resource of this kind is found again after an unclear response.
    const IDENTITY: Identity;
    /// How the owner of a resource of this kind is determined.
    const OWNER: Owner;
    /// The row of the timing table.
    const TIMING: &'static str;
    /// The data that is lost permanently when the resource is removed or replaced; `None` if it holds no data.
    const DATA_LOSS: Option<&'static str> = None;
    /// How an overview shows it.
    const DRAWN: Drawn = Drawn::Detail;
    /// Whether this is a one-shot job rather than a lasting resource. It ends by itself, and then nothing is left to
    /// remove. The provider may list it for a while longer, or no longer; either way the job counts as done.
    const ONE_SHOT: bool = false;
    /// Whether it implements `update`. If so, drift that `observe` reports can be reverted.
    const UPDATES: bool = false;
    /// Whether a broken resource counts as deleted once its deletion is requested: it costs nothing and blocks nothing,
    /// and the provider drops it later.
    const SPENT: bool = false;
    /// The number of consecutive reads that must return ready after an `update`. More than 1 for a service that returns
    /// the old state for some seconds, as if the change were applied.
    const READS_AFTER_UPDATE: u32 = 1;

    /// How long a resource must be read as broken before that is accepted: some services report transient failures.
    const BROKEN_AFTER: Duration = Duration::ZERO;

    /// The row of the timing table, where it depends on the spec.
    fn timing(&self) -> &'static str {
        Self::TIMING
    }

    /// The size, where the duration depends on it: durations are learned per size.
    fn size(&self) -> Option<&str> {
        None
    }

    /// Create the resource. Pass the tags in the same call wherever the API accepts them.
    async fn create(&self, cx: &Cx<Self::Cloud>) -> Result<PhysicalId>;

    /// Find the resource that an earlier `create` of this intent may have created, by name, token or tags. Returns
    /// `None` for a resource that is not ours.
    async fn find(&self, cx: &Cx<Self::Cloud>) -> Result<Option<PhysicalId>>;

    /// Read the resource once. An error of class `NotFound` counts as `Absent`.
    async fn observe(&self, cx: &Cx<Self::Cloud>, id: &PhysicalId) -> Result<Observed<Self::Output>>;

    /// The current owner of the resource, determined as [`Resource::OWNER`] declares. The engine calls this before it
    /// changes or removes the resource, so it must read the same resource that `update` and `delete` would touch: a
    /// recorded id may have another owner by now. An error of class `NotFound` counts as `Absent`.
    async fn owner(&self, cx: &Cx<Self::Cloud>, id: &PhysicalId) -> Result<Owned>;

    /// Update the resource to this spec in place, sending only the differences. It is not called if `observe`, which
    /// compares every property that an update may change, reports the resource as ready. Must be idempotent.
    async fn update(&self, _cx: &Cx<Self::Cloud>, _id: &PhysicalId) -> Result<()> {
        Err(Error::new(Class::Invalid, format!("a {} cannot be changed in place", Self::KIND)))
    }

    /// Request the deletion. An error of class `NotFound` means that the resource does not exist; the engine verifies
    /// this before it accepts it. It is also the class of an empty list where an item is expected.
    async fn delete(&self, cx: &Cx<Self::Cloud>, id: &PhysicalId) -> Result<Removal>;

    /// The resources that block the deletion, for when the provider keeps refusing it without naming the cause.
    /// Read-only.
    async fn holders(&self, _cx: &Cx<Self::Cloud>, _id: &PhysicalId) -> Result<Vec<Holder>> {
        Ok(Vec::new())
    }

    /// Request the deletion of a [guest](crate::Whose::Guest) in the resource.
    async fn dismiss(&self, _cx: &Cx<Self::Cloud>, guest: &Holder) -> Result<()> {
        Err(Error::new(Class::Invalid, format!("a {} cannot dismiss {guest}", Self::KIND)))
    }

    /// The change needed to get from `old` to this spec.
    fn change(&self, old: &Self) -> Change {
        if self == old { Change::None } else { Change::Replace }
    }
}
