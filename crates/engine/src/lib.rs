//! The engine: wanted graph + had state -> plan -> run -> transitions (made durable) and events (shown).
//!
//! It knows neither AWS nor the terminal. Pure in the middle (`graph`, `state`, `plan`, `queue`), effects at the edge
//! (`run`, `wait`, `ledger`).
mod clock;
mod consent;
mod error;
pub mod event;
mod forecast;
mod gather;
pub mod graph;
mod holder;
mod ledger;
mod looks;
mod owner;
pub mod pace;
pub mod path;
mod patience;
mod plan;
pub mod queue;
mod refresh;
mod resource;
mod run;
mod slack;
mod state;
pub mod sweep;
mod symbol;
pub mod verify;
mod wait;
mod youth;

pub use clock::Clock;
pub use consent::Consent;
pub use error::{Class, Error, Result, Retry};
pub use forecast::Outlook;
pub use gather::Gathered;
pub use graph::{Edge, Graph, Handle, Name, Needs, Outputs, Use};
pub use holder::{Holder, Whose};
pub use ledger::{Ledger, Store};
pub use owner::{Owned, Owner};
pub use patience::{Unanswered, patiently, telling};
pub use plan::{Action, Plan, Step, plan, undo};
pub use refresh::{Drift, refresh};
pub use resource::{Change, Cx, Identity, Kind, Kinds, Observed, Of, PhysicalId, Removal, Resource, kind_of};
pub use run::{Limits, Runner, Summary, answered, called_for, in_turn, in_turn_to_look, looking_by_turns};
pub use state::{Entry, Environment, FORMAT, Phase, State, Token, Transition, Trouble};
pub use wait::Stop;
