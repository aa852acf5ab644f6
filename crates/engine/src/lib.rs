//! The engine: desired graph + recorded state -> plan -> run -> transitions (made durable) and events (reported).
//!
//! It depends on neither AWS nor the terminal. The core is pure (`graph`, `state`, `plan`, `queue`); side effects are
//! at the edge (`run`, `wait`, `ledger`).
mod clock;
mod consent;
mod error;
pub mod event;
mod forecast;
pub mod graph;
mod holder;
mod ledger;
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
mod throttle;
pub mod verify;
mod wait;
mod youth;

pub use clock::Clock;
pub use consent::Consent;
pub use error::{Class, Error, Result, Retry};
pub use forecast::Outlook;
pub use graph::{Edge, Graph, Handle, Name, Needs, Outputs, Use};
pub use holder::{Holder, Whose};
pub use ledger::{Ledger, Saving, Store, saved};
pub use owner::{Owned, Owner};
pub use patience::{Unanswered, patiently, telling};
pub use plan::{Action, Plan, Step, plan, undo};
pub use refresh::{Drift, refresh};
pub use resource::{Change, Cx, Drawn, Identity, Kind, Kinds, Observed, Of, PhysicalId, Removal, Resource, kind_of};
pub use run::{Limits, Runner, Summary};
pub use state::{Entry, Environment, FORMAT, Phase, State, Token, Transition, Trouble};
pub use throttle::{Batcher, Budgets, Rate, acquire, acquire_read, answered, called_for, rate_limited};
pub use wait::Stop;
