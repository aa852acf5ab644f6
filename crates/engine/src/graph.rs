//! The desired graph: nodes in the order they were declared, which is a topological order, because a node can only use
//! another through the handle that declaring it returned.
use crate::{
    Class, Error, Result,
    resource::{Kind, Of, Resource, decode, encode},
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, marker::PhantomData, rc::Rc};

/// The name of a node within its environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(pub String);

impl From<&str> for Name {
    fn from(s: &str) -> Self {
        Self(s.into())
    }
}
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The state the upstream must reach before the downstream can be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Its outputs are available, though it is not ready.
    Known,
    /// It is usable.
    Ready,
}

/// A dependency of one node on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The upstream.
    pub on: Name,
    /// The state it must reach first; `None` if the edge only orders the removal.
    pub needs: Option<Needs>,
    /// Whether the upstream cannot be removed while the downstream exists.
    pub holds: bool,
    /// Whether the downstream is replaced together with the upstream, although it does not block its removal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follows: bool,
}

/// Outputs by node: real values, or symbolic values in a plan.
pub type Outputs = BTreeMap<Name, Value>;
type Build = dyn Fn(&Outputs) -> Result<Value>;
type Text = dyn Fn(&Outputs) -> Result<String>;

/// Proof that a node was declared, with the type of its outputs.
pub struct Handle<R> {
    name: Name,
    _r: PhantomData<fn() -> R>,
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), _r: PhantomData }
    }
}

/// A handle with a particular type of dependency.
pub struct Use<R> {
    edge: Edge,
    _r: PhantomData<fn() -> R>,
}

impl<R> Handle<R> {
    /// The node's name.
    pub fn name(&self) -> &Name {
        &self.name
    }
    fn used(&self, needs: Needs, holds: bool) -> Use<R> {
        Use { edge: Edge { on: self.name.clone(), needs: Some(needs), holds, follows: false }, _r: PhantomData }
    }
    /// Use only its values: it may be removed while the user exists.
    pub fn value(&self) -> Use<R> {
        self.used(Needs::Ready, false)
    }
    /// Use it as soon as its outputs are available, before it is ready.
    pub fn known(&self) -> Use<R> {
        self.used(Needs::Known, true)
    }
}

impl<R> Use<R> {
    /// Use it as soon as the outputs are available, before it is ready.
    pub fn known(mut self) -> Self {
        self.edge.needs = Some(Needs::Known);
        self
    }

    /// Replace the user when it is replaced. For a resource that AWS deletes while its users still exist, although they
    /// do not work without it.
    pub fn follows(mut self) -> Self {
        self.edge.follows = true;
        self
    }
}

/// A node: its kind, its dependencies, and the function that builds its spec from their outputs.
pub struct Node<C: 'static> {
    /// Its kind.
    pub kind: &'static dyn Kind<C>,
    /// Its dependencies.
    pub edges: Vec<Edge>,
    build: Rc<Build>,
}

impl<C: 'static> Clone for Node<C> {
    fn clone(&self) -> Self {
        Self { kind: self.kind, edges: self.edges.clone(), build: self.build.clone() }
    }
}

impl<C: 'static> Node<C> {
    /// A node of that kind with a constant spec.
    pub(crate) fn fixed(kind: &'static dyn Kind<C>, edges: Vec<Edge>, spec: Value) -> Self {
        Self { kind, edges, build: Rc::new(move |_| Ok(spec.clone())) }
    }

    /// The spec, built from the outputs of its dependencies.
    ///
    /// # Errors
    /// When one of them is missing or has another shape.
    pub fn spec(&self, up: &Outputs) -> Result<Value> {
        (self.build)(up)
    }
}

/// A value the environment shows to its users.
pub struct Shown {
    /// The name.
    pub name: String,
    read: Box<Text>,
}

impl Shown {
    /// The value.
    ///
    /// # Errors
    /// When the node it comes from has no output.
    pub fn read(&self, up: &Outputs) -> Result<String> {
        (self.read)(up)
    }
}

/// The desired environment.
pub struct Graph<C: 'static> {
    /// The nodes, in the order they were declared.
    pub nodes: IndexMap<Name, Node<C>>,
    /// The values shown to users.
    pub outputs: Vec<Shown>,
}

impl<C: 'static> Default for Graph<C> {
    fn default() -> Self {
        Self { nodes: IndexMap::new(), outputs: Vec::new() }
    }
}

impl<C: 'static> Graph<C> {
    /// Declare a node: its dependencies, and the function that builds its spec from their outputs.
    ///
    /// # Panics
    /// When two nodes have the same name: a mistake in the wiring.
    pub fn add<R, D>(&mut self, name: &str, uses: D, build: impl Fn(D::Outputs) -> R + 'static) -> Handle<R>
    where
        R: Resource<Cloud = C>,
        D: Uses,
    {
        let name = Name::from(name);
        let (edges, read) = uses.split();
        let node = Node {
            kind: &const { Of::<R>::KIND },
            edges,
            build: Rc::new(move |up| encode(R::KIND, &build(read(up)?))),
        };
        assert!(self.nodes.insert(name.clone(), node).is_none(), "two nodes are named {name}");
        Handle { name, _r: PhantomData }
    }

    /// Remove `last` only after `first` is deleted, although no value flows between them.
    ///
    /// # Panics
    /// When a handle comes from another graph.
    pub fn outlives<A, B>(&mut self, last: &Handle<A>, first: &Handle<B>) {
        assert!(self.nodes.contains_key(&last.name), "{} is of another graph", last.name);
        let node = self.nodes.get_mut(&first.name).expect("a handle proves its node was declared");
        if !node.edges.iter().any(|e| e.on == last.name && e.holds) {
            node.edges.push(Edge { on: last.name.clone(), needs: None, holds: true, follows: false });
        }
    }

    /// Show a value of a node to the users of the environment.
    pub fn output<R: Resource<Cloud = C>>(
        &mut self,
        name: &str,
        of: &Handle<R>,
        value: impl Fn(R::Output) -> String + 'static,
    ) {
        let node = of.name.clone();
        let read = Box::new(move |up: &Outputs| Ok(value(output::<R>(&node, up)?)));
        self.outputs.push(Shown { name: name.into(), read });
    }
}

type Read<O> = Box<dyn Fn(&Outputs) -> Result<O>>;

fn output<R: Resource>(name: &Name, up: &Outputs) -> Result<R::Output> {
    let v = up.get(name).ok_or_else(|| Error::new(Class::Unknown, format!("{name} has no output yet")))?;
    decode(R::KIND, v)
}

/// One dependency, or several of one kind, or several different ones: the edges, and the typed outputs the builder
/// receives.
pub trait Uses {
    /// The argument of the builder.
    type Outputs: 'static;
    #[doc(hidden)]
    fn split(self) -> (Vec<Edge>, Read<Self::Outputs>);
}

impl<R: Resource> Uses for Use<R> {
    type Outputs = R::Output;
    fn split(self) -> (Vec<Edge>, Read<R::Output>) {
        let name = self.edge.on.clone();
        (vec![self.edge], Box::new(move |up| output::<R>(&name, up)))
    }
}

impl<R: Resource> Uses for &Handle<R> {
    type Outputs = R::Output;
    fn split(self) -> (Vec<Edge>, Read<R::Output>) {
        self.used(Needs::Ready, true).split()
    }
}

impl<U: Uses> Uses for Vec<U> {
    type Outputs = Vec<U::Outputs>;
    fn split(self) -> (Vec<Edge>, Read<Self::Outputs>) {
        let (edges, reads): (Vec<_>, Vec<_>) = self.into_iter().map(Uses::split).unzip();
        (edges.concat(), Box::new(move |up| reads.iter().map(|r| r(up)).collect()))
    }
}

impl<U: Uses> Uses for Option<U> {
    type Outputs = Option<U::Outputs>;
    fn split(self) -> (Vec<Edge>, Read<Self::Outputs>) {
        let (edges, read) = self.map(Uses::split).unzip();
        (edges.unwrap_or_default(), Box::new(move |up| read.as_ref().map(|r| r(up)).transpose()))
    }
}

impl<'a, R: Resource> Uses for &'a [Handle<R>] {
    type Outputs = Vec<R::Output>;
    fn split(self) -> (Vec<Edge>, Read<Self::Outputs>) {
        self.iter().collect::<Vec<&'a Handle<R>>>().split()
    }
}

impl<R: Resource> Uses for &Vec<Handle<R>> {
    type Outputs = Vec<R::Output>;
    fn split(self) -> (Vec<Edge>, Read<Self::Outputs>) {
        Uses::split(self.as_slice())
    }
}

macro_rules! uses { ($($u:ident $v:ident),*) => {
    impl<$($u: Uses),*> Uses for ($($u,)*) {
        type Outputs = ($($u::Outputs,)*);
        #[allow(unused_variables, unused_mut, clippy::unused_unit, reason = "the empty tuple uses nothing")]
        fn split(self) -> (Vec<Edge>, Read<Self::Outputs>) {
            let ($($v,)*) = self;
            let mut edges = Vec::new();
            $(let $v = { let (e, read) = $v.split(); edges.extend(e); read };)*
            (edges, Box::new(move |up| Ok(($($v(up)?,)*))))
        }
    }
} }
uses!();
uses!(A a);
uses!(A a, B b);
uses!(A a, B b, C c);
uses!(A a, B b, C c, D d);
uses!(A a, B b, C c, D d, E e);
uses!(A a, B b, C c, D d, E e, F f);
uses!(A a, B b, C c, D d, E e, F f, G g);
uses!(A a, B b, C c, D d, E e, F f, G g, H h);
