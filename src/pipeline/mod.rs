//! From an input to an app: planning, doing the tasks, keeping what they make, and handing it over.
//!
//! Here the engine meets agents, context and workspace, which do not know each other.

mod deliver;
mod fingerprint;
mod keep;
mod made;
mod migrations;
mod planning;
mod shelf;
mod stored;
mod unite;
mod work;

pub use deliver::{Delivery, deliver, notes, weigh};
pub use fingerprint::fingerprints;
pub use keep::Keeper;
pub use made::Made;
pub use migrations::{Migrations, migrations};
pub use planning::{CORRECTIONS, Planned, Planner, PlanningError};
pub use shelf::Shelf;
pub use stored::StoredPlan;
pub use unite::unite;
pub use work::Workers;
