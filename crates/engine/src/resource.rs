//! The one trait a resource kind implements, and its erased twin that the engine drives.
use crate::{Class, Environment, Error, Holder, Name, Owned, Owner, Result, Token};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt, rc::Rc, time::Duration};

mod erased;
mod observed;
pub use erased::{Kind, Kinds, Of, kind_of};
pub(crate) use erased::{decode, encode};
pub use observed::Observed;

/// The provider's own name for a thing: an ARN, an id, a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhysicalId(pub String);

impl fmt::Display for PhysicalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Between two looks at what is said not to be there, though nobody asked for it to go.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What it takes to turn the recorded spec into the wanted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Nothing.
    None,
    /// A call that changes it in place.
    Update,
    /// Remove it and make it anew.
    Replace,
}

/// How a thing is found again after an unclear answer, and hence whether a create may be asked twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A name that can exist only once: ask again; "already exists" means look whose it is.
    Named,
    /// A token of ours makes a repeated request the same request: ask again with the same token.
    Token,
    /// Nothing but our tags: never ask again blindly; find first, and believe "not there" only after several empty looks.
    Tagged,
    /// A property of something another node made: asking again changes nothing, and it goes with its owner.
    Setting,
    /// A thing of the account, not of the environment: made if there is none, whosever it is, and never removed. Asking
    /// again changes nothing. Environments come to share it without knowing of each other.
    Shared,
}

/// What one call to remove a thing came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The provider has been asked; now look until it is gone.
    Asked,
    /// One step of several is done; call again.
    Partly,
    /// There is nothing to ask for: it ends by itself, or goes with what it is a setting of, and not sooner.
    Ending,
}

/// Where a call happens: the clients, the environment, the node, and the token of this intent.
pub struct Cx<C> {
    /// The provider's clients.
    pub cloud: Rc<C>,
    /// The environment all this belongs to.
    pub env: Rc<Environment>,
    /// The node.
    pub node: Name,
    /// The token of the intent under which the thing was, or is being, made.
    pub token: Token,
}

/// A kind of resource: the struct is the spec, the functions are single calls.
///
/// None of them loops, sleeps, retries, logs or touches state: the engine does.
#[allow(async_fn_in_trait, reason = "one task runs every future, so none needs to be Send")]
pub trait Resource: Serialize + DeserializeOwned + PartialEq + 'static {
    /// The provider's clients.
    type Cloud: 'static;
    /// What others may read. Its fields are text, so that they can be symbolic before they exist.
    type Output: Serialize + DeserializeOwned + 'static;
    /// The kind's name, `service:thing`.
    const KIND: &'static str;
    /// How it is found again after an unclear answer.
    const IDENTITY: Identity;
    /// How its owner is known.
    const OWNER: Owner;
    /// The row of the timing table.
    const TIMING: &'static str;
    /// What is lost for good when it is removed or replaced, if it holds data.
    const LOSES: Option<&'static str> = None;
    /// Whether it is a deed and not a thing that stands: it ends by itself, and then there is nothing left to remove. The
    /// provider may show it for a while longer, or forget it; neither changes that it was done.
    const ENDS: bool = false;
    /// Whether it has an `update`. Then what `observe` finds changed by somebody else can be put back.
    const UPDATES: bool = false;
    /// Whether a broken one that was asked to go counts as gone: it costs and holds nothing, and the provider forgets it in
    /// its own time.
    const SPENT: bool = false;
    /// So many looks in a row must find it ready after an `update`. More than one for a service that goes on showing what was
    /// before for some seconds, as if the change were done.
    const LOOKS_AFTER_UPDATE: u32 = 1;

    /// For so long it must be found broken before that is believed: some services show a failure that passes.
    const BROKEN_AFTER: Duration = Duration::ZERO;

    /// The row of the timing table, where it depends on the spec.
    fn timing(&self) -> &'static str {
        Self::TIMING
    }

    /// Its size, where that decides how long it takes: times are learned for each.
    fn size(&self) -> Option<&str> {
        None
    }

    /// Ask for it. Tags go inside the call wherever the API takes them.
    async fn create(&self, cx: &Cx<Self::Cloud>) -> Result<PhysicalId>;

    /// Find what an earlier `create` of this intent may have made: ours, by name, token or tags. Somebody else's is `None`.
    async fn find(&self, cx: &Cx<Self::Cloud>) -> Result<Option<PhysicalId>>;

    /// Look once. An error of class `NotFound` counts as `Absent`.
    async fn observe(&self, cx: &Cx<Self::Cloud>, id: &PhysicalId) -> Result<Observed<Self::Output>>;

    /// Whose that thing is now, by what [`Resource::OWNER`] names. It is asked before anything of it is changed or removed, so
    /// it looks at the very thing that `update` and `delete` would touch: a recorded id may be somebody else's. An error of
    /// class `NotFound` counts as `Absent`.
    async fn owner(&self, cx: &Cx<Self::Cloud>, id: &PhysicalId) -> Result<Owned>;

    /// Change it into this spec, in place: only what differs is sent. Not asked where a look finds it as wanted already, for
    /// which `observe` compares all that an update may change. Asking twice is the same as asking once.
    async fn update(&self, _cx: &Cx<Self::Cloud>, _id: &PhysicalId) -> Result<()> {
        Err(Error::new(Class::Invalid, format!("a {} cannot be changed in place", Self::KIND)))
    }

    /// Ask for it to go. An error of class `NotFound` says that it is not there: before it is believed, it is looked for. It
    /// is also the word for an empty list where there should be something.
    async fn delete(&self, cx: &Cx<Self::Cloud>, id: &PhysicalId) -> Result<Removal>;

    /// What keeps it from going, where the provider refuses its removal for long and does not say why. It only looks.
    async fn holders(&self, _cx: &Cx<Self::Cloud>, _id: &PhysicalId) -> Result<Vec<Holder>> {
        Ok(Vec::new())
    }

    /// Ask for a [guest](crate::Whose::Guest) in it to go.
    async fn dismiss(&self, _cx: &Cx<Self::Cloud>, guest: &Holder) -> Result<()> {
        Err(Error::new(Class::Invalid, format!("a {} cannot dismiss {guest}", Self::KIND)))
    }

    /// What it takes to get from `old` to this.
    fn change(&self, old: &Self) -> Change {
        if self == old { Change::None } else { Change::Replace }
    }
}
