//! The one trait a resource kind implements, and its erased twin that the engine drives.
pub use crate::observed::Observed;
use crate::{Class, Environment, Error, Holder, Name, Result, Token, symbol::symbolic};
use futures::future::LocalBoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{fmt, marker::PhantomData, rc::Rc, time::Duration};

/// The provider's own name for a thing: an ARN, an id, a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhysicalId(pub String);

impl fmt::Display for PhysicalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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
    /// There is nothing to ask for: it ends by itself, and not sooner.
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

/// `Resource` with its types erased to JSON: what the state file and the executor speak.
pub trait Kind<C> {
    /// `Resource::KIND`.
    fn name(&self) -> &'static str;
    /// `Resource::IDENTITY`.
    fn identity(&self) -> Identity;
    /// `Resource::LOSES`.
    fn loses(&self) -> Option<&'static str>;
    /// `Resource::ENDS`.
    fn ends(&self) -> bool;
    /// `Resource::UPDATES`.
    fn updates(&self) -> bool;
    /// `Resource::SPENT`.
    fn spent(&self) -> bool {
        false
    }
    /// `Resource::LOOKS_AFTER_UPDATE`.
    fn looks_after_update(&self) -> u32;
    /// `Resource::BROKEN_AFTER`.
    fn broken_after(&self) -> Duration;
    /// `Resource::timing`, followed by a space and `Resource::size` where it has one.
    fn timing(&self, spec: &Value) -> String;
    /// The symbolic output of a node of this kind.
    fn symbolic(&self, node: &Name) -> Result<Value>;
    /// `Resource::change`.
    fn change(&self, new: &Value, old: &Value) -> Result<Change>;
    /// `Resource::create`.
    fn create<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value) -> LocalBoxFuture<'a, Result<PhysicalId>>;
    /// `Resource::find`.
    fn find<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value) -> LocalBoxFuture<'a, Result<Option<PhysicalId>>>;
    /// `Resource::observe`, with `NotFound` turned into `Absent`.
    fn observe<'a>(
        &'a self,
        cx: &'a Cx<C>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Observed<Value>>>;
    /// `Resource::update`, unless a look finds it as wanted.
    fn update<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<()>>;
    /// `Resource::delete`.
    fn delete<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Removal>>;
    /// `Resource::holders`.
    fn holders<'a>(
        &'a self,
        _cx: &'a Cx<C>,
        _spec: &'a Value,
        _id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Vec<Holder>>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    /// `Resource::dismiss`.
    fn dismiss<'a>(&'a self, _cx: &'a Cx<C>, _spec: &'a Value, _guest: &'a Holder) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// All the kinds a provider knows.
pub type Kinds<C> = &'static [&'static dyn Kind<C>];

/// The kind of that name.
///
/// # Errors
/// When this build does not know it: the state was written by a newer one.
pub fn kind_of<C>(kinds: Kinds<C>, name: &str) -> Result<&'static dyn Kind<C>> {
    kinds.iter().copied().find(|k| k.name() == name).ok_or_else(|| {
        Error::new(Class::Invalid, format!("this build does not know the kind {name}"))
            .hint("the state was written by a newer vidpipe: use that one")
    })
}

/// The erased twin of a resource type.
pub struct Of<R>(PhantomData<fn() -> R>);
impl<R> Of<R> {
    /// The one value of it.
    pub const KIND: Self = Self(PhantomData);
}

pub(crate) fn decode<T: DeserializeOwned>(what: &str, v: &Value) -> Result<T> {
    T::deserialize(v).map_err(|e| Error::new(Class::Invalid, format!("read the recorded {what}: {e}")).caused_by(e))
}

pub(crate) fn encode<T: Serialize>(what: &str, v: &T) -> Result<Value> {
    serde_json::to_value(v).map_err(|e| Error::new(Class::Invalid, format!("write down a {what}: {e}")).caused_by(e))
}

fn erase<R: Resource>(seen: Observed<R::Output>) -> Result<Observed<Value>> {
    seen.try_map(|output| encode(R::KIND, &output))
}

impl<R: Resource> Kind<R::Cloud> for Of<R> {
    fn name(&self) -> &'static str {
        R::KIND
    }
    fn identity(&self) -> Identity {
        R::IDENTITY
    }
    fn loses(&self) -> Option<&'static str> {
        R::LOSES
    }
    fn ends(&self) -> bool {
        R::ENDS
    }
    fn updates(&self) -> bool {
        R::UPDATES
    }
    fn spent(&self) -> bool {
        R::SPENT
    }
    fn looks_after_update(&self) -> u32 {
        R::LOOKS_AFTER_UPDATE
    }
    fn broken_after(&self) -> Duration {
        R::BROKEN_AFTER
    }
    fn timing(&self, spec: &Value) -> String {
        let Ok(r) = decode::<R>(R::KIND, spec) else { return R::TIMING.into() };
        r.size().map_or_else(|| r.timing().into(), |size| format!("{} {size}", r.timing()))
    }
    fn symbolic(&self, node: &Name) -> Result<Value> {
        encode(R::KIND, &symbolic::<R::Output>(node)?)
    }
    fn change(&self, new: &Value, old: &Value) -> Result<Change> {
        // Equal JSON needs no typed look, and the planner asks this of every node every time.
        if new == old {
            return Ok(Change::None);
        }
        Ok(decode::<R>(R::KIND, new)?.change(&decode(R::KIND, old)?))
    }
    fn create<'a>(&'a self, cx: &'a Cx<R::Cloud>, spec: &'a Value) -> LocalBoxFuture<'a, Result<PhysicalId>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.create(cx).await })
    }
    fn find<'a>(&'a self, cx: &'a Cx<R::Cloud>, spec: &'a Value) -> LocalBoxFuture<'a, Result<Option<PhysicalId>>> {
        Box::pin(async move {
            match decode::<R>(R::KIND, spec)?.find(cx).await {
                Err(e) if e.class == Class::NotFound => Ok(None),
                other => other,
            }
        })
    }
    fn observe<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Observed<Value>>> {
        Box::pin(async move {
            match decode::<R>(R::KIND, spec)?.observe(cx, id).await {
                Ok(seen) => erase::<R>(seen),
                Err(e) if e.class == Class::NotFound => Ok(Observed::Absent),
                Err(e) => Err(e),
            }
        })
    }
    fn update<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let wanted = decode::<R>(R::KIND, spec)?;
            match wanted.observe(cx, id).await {
                Ok(Observed::Ready(_)) => Ok(()),
                Err(e) if e.class != Class::NotFound => Err(e),
                _ => wanted.update(cx, id).await,
            }
        })
    }
    fn delete<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Removal>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.delete(cx, id).await })
    }
    fn holders<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Vec<Holder>>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.holders(cx, id).await })
    }
    fn dismiss<'a>(
        &'a self,
        cx: &'a Cx<R::Cloud>,
        spec: &'a Value,
        guest: &'a Holder,
    ) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move { decode::<R>(R::KIND, spec)?.dismiss(cx, guest).await })
    }
}
